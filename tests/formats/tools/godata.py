"""Lays out what Go tools would fetch from a network, from plain files.

    python3 godata.py proxy MODULES OUT     a module proxy, of MODULES/path/name@version/
    python3 godata.py vulndb ADVISORIES OUT [WITHOUT]
                                            a database for govulncheck, of *.json; WITHOUT is an id
"""

import json
import pathlib
import sys
import zipfile

THEN = "2026-01-01T00:00:00Z"


def proxy(modules, out):
    for mod in sorted(modules.rglob("go.mod")):
        path, version = str(mod.parent.relative_to(modules)).rsplit("@", 1)
        place = out / path / "@v"
        place.mkdir(parents=True, exist_ok=True)
        (place / "list").write_text(version + "\n")
        (place / f"{version}.info").write_text(json.dumps({"Version": version, "Time": THEN}))
        (place / f"{version}.mod").write_text(mod.read_text())
        with zipfile.ZipFile(place / f"{version}.zip", "w") as archive:
            for file in sorted(p for p in mod.parent.rglob("*") if p.is_file()):
                name = zipfile.ZipInfo(f"{path}@{version}/{file.relative_to(mod.parent).as_posix()}")
                archive.writestr(name, file.read_bytes())


def vulndb(advisories, out, without=None):
    entries = [json.loads(file.read_text()) for file in sorted(advisories.glob("*.json"))]
    modules, vulns = {}, []
    for entry in entries:
        if entry["id"] == without:
            continue
        vulns.append({"id": entry["id"], "modified": entry["modified"], "aliases": entry.get("aliases", [])})
        for affected in entry["affected"]:
            fixes = [event["fixed"] for event in affected["ranges"][0]["events"] if "fixed" in event]
            known = {"id": entry["id"], "modified": entry["modified"]}
            if fixes:
                known["fixed"] = fixes[-1]
            modules.setdefault(affected["package"]["name"], []).append(known)
        write(out / "ID" / (entry["id"] + ".json"), entry)
    write(out / "index" / "db.json", {"modified": max(entry["modified"] for entry in vulns)})
    write(out / "index" / "modules.json", [{"path": path, "vulns": known} for path, known in modules.items()])
    write(out / "index" / "vulns.json", vulns)


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


if __name__ == "__main__":
    source, target = map(pathlib.Path, sys.argv[2:4])
    {"proxy": proxy, "vulndb": vulndb}[sys.argv[1]](source, target, *sys.argv[4:])
