"""Lays out what tools would fetch from a network, from plain files.

    python3 offline.py proxy MODULES OUT
        a proxy of Go modules, of MODULES/path/name@version/
    python3 offline.py vulndb ADVISORIES OUT [WITHOUT...]
        a database for govulncheck, of the *.json; WITHOUT are ids
    python3 offline.py index CARGO_LOCK CARGO_HOME [YANKED...]
        what Cargo has seen of crates.io; YANKED are name@version
"""

import json
import pathlib
import sys
import tomllib
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


def vulndb(advisories, out, *without):
    entries = [json.loads(file.read_text()) for file in sorted(advisories.glob("*.json"))]
    modules, vulns = {}, []
    for entry in entries:
        if entry["id"] in without:
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


def index(lock, home, *yanked):
    crates = {}
    for package in tomllib.loads(lock.read_text())["package"]:
        if "source" in package:
            crates.setdefault(package["name"], []).append(package)
    for name, packages in crates.items():
        seen = b"\x03\x02\0\0\0Unknown\0"  # the form of Cargo 1.65 and later
        for package in packages:
            version = package["version"]
            entry = {"name": name, "vers": version, "deps": [], "cksum": package["checksum"], "features": {}}
            entry["yanked"] = f"{name}@{version}" in yanked
            seen += f"{version}\0{json.dumps(entry)}\0".encode()
        place = home / "registry/index/index.crates.io-1949cf8c6b5b557f/.cache" / name[:2] / name[2:4]
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(seen)


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


if __name__ == "__main__":
    source, target = map(pathlib.Path, sys.argv[2:4])
    {"proxy": proxy, "vulndb": vulndb, "index": index}[sys.argv[1]](source, target, *sys.argv[4:])
