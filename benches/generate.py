#!/usr/bin/env python3
"""Writes large scanner reports for the benchmark: the same seed gives the same bytes.

    benches/generate.py --out DIR                          the whole set (about 600 MB)
    benches/generate.py --out DIR --trivy 5000             one file
    benches/generate.py --out DIR --sarif-files 100 --results 200

Only Python's standard library, and only `Random.random()`, the one method whose sequence Python promises to keep.

What the reports look like, and why:
* Trivy JSON: pretty-printed as Go does it (`<`, `>` and `&` escaped, other UTF-8 kept), about 3.5 kB a finding, of which a
  reader that wants a verdict needs a tenth. One advisory hits about three packages and recurs in other targets, so titles,
  descriptions, references and CVSS vectors recur, as in real images. Every fourth finding has a `Packages` entry.
* SARIF: as CodeQL writes it; a rule with help text for every twelve results, `codeFlows` on a third of the results.
* Gitleaks JSON: one space of indent, made-up hexadecimal values as secrets, commit messages of some length.
"""
import argparse
import json
import os
import random
import sys

TRIVY_SIZES = (100, 5_000, 30_000, 100_000)
GITLEAKS_SIZES = (100, 5_000, 100_000)
SARIF_FILES, SARIF_RESULTS = 500, 200

WORDS = """the a of in to when before after which that by from through if may could attacker server client request response
buffer heap stack memory kernel driver module file path header parser library function pointer array packet session cookie
password certificate key signature cipher protocol query input output stream thread process privilege sandbox container
image archive symlink template renderer plugin cache queue lock offset length check validation encoding serializer object
callback loop timer device filesystem volume namespace policy rule service proxy gateway package version configuration
option expression payload document frame segment record allows causes triggers leads bypasses overwrites reads writes
crashes consumes leaks injects forges escalates corrupts truncates frees parses decodes mishandles trusts remote local
crafted malicious unauthenticated arbitrary invalid unexpected negative nested recursive concurrent improper insufficient
missing incorrect uncontrolled out-of-bounds use-after-free double-free cross-site server-side denial-of-service""".split()
OS_FAMILIES = """openssl zlib glibc bash curl libxml2 sqlite3 perl python3.11 systemd util-linux tar gzip coreutils dpkg apt gnutls28
krb5 openldap tiff imagemagick linux git less vim busybox expat nghttp2 libssh2 pcre2 ncurses libwebp freetype cairo glib2.0
gdk-pixbuf libarchive lz4 xz-utils libgcrypt20 nettle p11-kit shadow sudo e2fsprogs db5.3 icu libpng1.6 mariadb postgresql-15
subversion mercurial wget rsync openssh unzip binutils gcc-12 gmp mpfr4 libtasn1-6 libidn2 elfutils file procps""".split()
OS_BINARIES = ("lib{0}", "{0}", "{0}-common", "lib{0}-dev", "{0}-data", "{0}-utils")
LANGUAGES = {
    "npm": ("package-lock.json", "lodash axios express minimist semver tough-cookie ws json5 word-wrap braces ansi-regex qs tar undici".split()),
    "pip": ("requirements.txt", "requests urllib3 jinja2 certifi cryptography pillow setuptools django flask pyyaml numpy aiohttp".split()),
    "bundler": ("Gemfile.lock", "nokogiri rack rails activesupport actionpack puma rexml sinatra json devise loofah globalid".split()),
    "cargo": ("Cargo.lock", "tokio hyper rustls time chrono regex h2 smallvec openssl bumpalo crossbeam-utils idna".split()),
}
PURL_TYPES = {"npm": "npm", "pip": "pypi", "bundler": "gem", "cargo": "cargo"}
REFERENCES = (
    "https://access.redhat.com/security/cve/{c}", "https://nvd.nist.gov/vuln/detail/{c}", "https://www.cve.org/CVERecord?id={c}",
    "https://cve.mitre.org/cgi-bin/cvename.cgi?name={c}", "https://ubuntu.com/security/notices/USN-{n}-1",
    "https://github.com/example/{w}/commit/{h}", "https://git.kernel.org/stable/c/{h}", "https://access.redhat.com/errata/RHSA-2025:{n}",
    "https://bugzilla.redhat.com/show_bug.cgi?id=2{n}{n}&x=1", "https://linux.oracle.com/errata/ELSA-2025-{n}.html",
    "https://security.gentoo.org/glsa/202502-{n}", "https://errata.almalinux.org/8/ALSA-2025-{n}.html",
    "https://lists.debian.org/debian-lts-announce/2025/03/msg0{n}.html", "https://security.netapp.com/advisory/ntap-2025{n}-0003/",
    "http://www.openwall.com/lists/oss-security/2025/03/{n}/3",
    "https://lists.fedoraproject.org/archives/list/package-announce@lists.fedoraproject.org/message/{h}/")
SEVERITIES = ["LOW"] * 18 + ["MEDIUM"] * 46 + ["HIGH"] * 24 + ["CRITICAL"] * 9 + ["UNKNOWN"] * 3
BASE_SCORE = {"LOW": 2.0, "MEDIUM": 4.0, "HIGH": 7.0, "CRITICAL": 9.0, "UNKNOWN": 0.1}
VENDORS = "alma amazon azure cbl-mariner debian ghsa nvd oracle-oval photon redhat rocky ubuntu".split()
CWES = (20, 22, 59, 78, 79, 89, 94, 119, 125, 190, 200, 269, 287, 295, 352, 362, 400, 416, 476, 502, 611, 674, 770, 787, 918)
# Quantiles; a text overshoots by half a sentence, so that the mean is that of real ones, about 370 bytes with a long tail.
DESCRIPTION_LENGTHS = (20, 40, 70, 100, 120, 150, 170, 200, 240, 290, 360, 480, 1000)
REFERENCE_COUNTS = (3, 5, 7, 9, 11, 13, 15, 17, 19, 22, 27, 34, 48)
FOLDERS = "src lib app internal pkg cmd api server client web core modules services infra deploy".split()


class Dice:
    """Random choices made of `random()` alone."""

    def __init__(self, *seed):
        self.random = random.Random(repr(seed)).random

    def below(self, n):
        return int(self.random() * n)

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def pick(self, items):
        return items[self.below(len(items))]

    def some(self, items, count):
        """`count` different items, in their own order."""
        left = list(range(len(items)))
        return [items[i] for i in sorted(left.pop(self.below(len(left))) for _ in range(count))]

    def shuffled(self, items):
        return sorted(items, key=lambda _: self.random())

    def hex(self, digits):
        return "".join(f"{self.below(1 << 32):08x}" for _ in range(-(-digits // 8)))[:digits]

    def sentence(self, words):
        text = " ".join(self.pick(WORDS) for _ in range(words))
        return text[0].upper() + text[1:] + "."

    def text(self, length):
        parts, size = [], 0
        while size < length:
            parts.append(self.sentence(self.between(7, 24)))
            size += len(parts[-1]) + 1
        return " ".join(parts)

    def version(self):
        return f"{self.below(10)}.{self.below(30)}.{self.below(20)}"

    def path(self):
        folders = "/".join(self.pick(FOLDERS) for _ in range(self.between(1, 4)))
        return f"{folders}/{self.pick(WORDS)}_{self.pick(WORDS)}{self.pick(('.js', '.ts', '.py', '.go', '.java'))}"


def as_go(value, depth, step=2):
    """Pretty JSON as Go's encoder writes it, indented for a place `depth` levels down; no indent before the first line."""
    text = json.dumps(value, indent=step, ensure_ascii=False).replace("\n", "\n" + " " * (depth * step))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def written(path, write):
    """Writes under a temporary name and renames, so that an interrupted run leaves no half file behind."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path + ".part", "w", encoding="utf-8") as file:
        write(file)
    os.replace(path + ".part", path)
    return path


# ---------------------------------------------------------------------------------------------------------- Trivy

def advisory(dice):
    """What one advisory says of itself: (id, the JSON members that every finding of it repeats)."""
    name = f"CVE-20{dice.between(14, 25)}-{dice.between(10000, 99999)}"
    severity = dice.pick(SEVERITIES)
    description = dice.text(dice.pick(DESCRIPTION_LENGTHS))
    style = dice.random()
    if style < 0.10:
        trace = "\n\t".join(f"{dice.pick(WORDS)}_{dice.pick(WORDS)}+0x{dice.hex(2)}/0x{dice.hex(3)}" for _ in range(8))
        description = f"In the Linux kernel, this was resolved:\n\n{description}\n\nCall Trace:\n\t<TASK>\n\t{trace}\n\t</TASK>"
    elif style < 0.25:
        description += f' The "{dice.pick(WORDS)}" option & the <{dice.pick(WORDS)}> element are affected.'
    elif style < 0.28:
        description += " Reported by Zoë Müller — “thanks”."

    def cvss(vendor):
        vector = f"CVSS:3.1/AV:{dice.pick('NALP')}/AC:{dice.pick('LH')}/PR:{dice.pick('NLH')}/UI:{dice.pick('NR')}/S:U/C:{dice.pick('NLH')}/I:{dice.pick('NLH')}/A:H"
        score = round(BASE_SCORE[severity] + dice.random(), 1)
        old = {"V2Vector": "AV:N/AC:L/Au:N/C:P/I:P/A:P"} if vendor == "nvd" else {}
        return {**old, "V3Vector": vector, **({"V2Score": score} if old else {}), "V3Score": score}

    references = [dice.pick(REFERENCES).format(c=name, n=dice.between(1000, 9999), h=dice.hex(40), w=dice.pick(WORDS))
                  for _ in range(dice.pick(REFERENCE_COUNTS))]
    return name, {
        "Title": dice.sentence(dice.between(5, 12))[:-1], "Description": description, "Severity": severity,
        "CweIDs": [f"CWE-{n}" for n in dice.some(CWES, 1 if dice.random() < 0.85 else 2)],
        "VendorSeverity": {v: dice.between(1, 4) for v in dice.some(VENDORS, dice.between(1, 7))},
        "CVSS": {v: cvss(v) for v in dice.some(("bitnami", "ghsa", "nvd", "redhat"), dice.between(1, 3))},
        "References": sorted(set(references)),
        "PublishedDate": f"2025-{dice.between(1, 12):02}-{dice.between(1, 28):02}T10:15:09.{dice.between(100, 999)}Z",
        "LastModifiedDate": f"2026-{dice.between(1, 6):02}-{dice.between(1, 28):02}T09:29:31.{dice.between(100, 999)}Z"}


def trivy(path, findings, seed=1):
    """A scan of one image: a fifth of the findings (all, in a small report) in system packages, the rest in language lock files."""
    dice = Dice(seed, "trivy", findings)
    # A third as many advisories as findings; a large report repeats the same ones in many lock files.
    pool = []
    for _ in range(max(20, min(9_000, findings // 3))):
        name, members = advisory(dice)
        pool.append((name, dice.below(1 << 30), as_go(members, 4)[1:]))   # without the opening brace
    image = "registry.example.com/team/app:1.4.2"
    layers = [{"Digest": f"sha256:{dice.hex(64)}", "DiffID": f"sha256:{dice.hex(64)}"} for _ in range(12)]
    results = [("debian", f"{image} (debian 12.7)", findings)]
    if findings >= 2_500:
        kinds, lock_files, system = list(LANGUAGES), findings // 2_500 + 1, findings // 5
        share, rest = divmod(findings - system, lock_files)
        results = [("debian", f"{image} (debian 12.7)", system)] + [
            (kinds[i % 4], f"srv/app-{i}/{LANGUAGES[kinds[i % 4]][0]}", share + (i < rest)) for i in range(lock_files)]

    def packages_of(kind, family):
        """The packages of one result that an advisory hits: (name, package url without version, qualifiers)."""
        hit = 1 + family % 5
        if kind == "debian":
            source = OS_FAMILIES[family % len(OS_FAMILIES)]
            names = [form.format(source) for form in OS_BINARIES[:hit]]
            return [(n, f"pkg:deb/debian/{n}", "?arch=amd64&distro=debian-12.7") for n in names]
        base = LANGUAGES[kind][1]
        names = [base[(family // 7 + i) % len(base)] for i in range(min(hit, 3))]
        return [(n, f"pkg:{PURL_TYPES[kind]}/{n}", "") for n in names]

    def entries(kind, count):
        """`count` findings of one result, every package of an advisory before the next advisory."""
        source = {"ID": "debian", "Name": "Debian Security Tracker", "URL": "https://salsa.debian.org/security-tracker-team/security-tracker"} \
            if kind == "debian" else {"ID": "ghsa", "Name": "GitHub Security Advisory", "URL": "https://github.com/advisories?query=type%3Areviewed"}
        made = 0
        while made < count:
            installed = {}                       # one version of a package; a second pass over the advisories finds a second one
            for name, family, repeated in dice.shuffled(pool):
                for package, purl, qualifiers in packages_of(kind, family):
                    origin = family % len(OS_FAMILIES) if kind == "debian" else package
                    version = installed.setdefault(origin, f"{dice.version()}-{dice.between(1, 9)}")
                    fixed = dice.random() < 0.62
                    own = {
                        "VulnerabilityID": name, **({"VendorIDs": [f"DSA-{dice.between(4000, 5999)}-1"]} if dice.random() < 0.14 else {}),
                        "PkgID": f"{package}@{version}", "PkgName": package,
                        "PkgIdentifier": {"PURL": f"{purl}@{version}{qualifiers}", "UID": dice.hex(16)}, "InstalledVersion": version,
                        **({"FixedVersion": f"{version}+deb12u{dice.between(1, 9)}"} if fixed else {}), "Status": "fixed" if fixed else "affected",
                        "Layer": dice.pick(layers), "SeveritySource": dice.pick(("nvd", "debian", "redhat", "ghsa")),
                        "PrimaryURL": f"https://avd.aquasec.com/nvd/{name.lower()}", "DataSource": source, "Fingerprint": f"sha256:{dice.hex(64)}"}
                    # as_go ends in "\n" + 8 spaces + "}": the members of the advisory follow instead.
                    yield "        " + as_go(own, 4)[:-10] + "," + repeated
                    made += 1
                    if made == count:
                        return

    def write(file):
        head = {"SchemaVersion": 2, "Trivy": {"Version": "0.72.0"}, "ReportID": "017b7d41-e09f-7000-80ea-000000000001",
                "CreatedAt": "2026-06-12T12:20:30.000000005Z", "ArtifactID": f"sha256:{dice.hex(64)}", "ArtifactName": image,
                "ArtifactType": "container_image",
                "Metadata": {"Size": 1191997440, "OS": {"Family": "debian", "Name": "12.7"}, "ImageID": f"sha256:{dice.hex(64)}",
                             "DiffIDs": [layer["DiffID"] for layer in layers], "RepoTags": [image], "Layers": layers}}
        file.write(as_go(head, 0)[:-2] + ',\n  "Results": [')
        for number, (kind, target, count) in enumerate(results):
            packages = []
            for _ in range(max(1, count // 4)):
                name, purl, _ = dice.pick(packages_of(kind, dice.below(1 << 30)))
                version = dice.version()
                packages.append({"ID": f"{name}@{version}", "Name": name, "Identifier": {"PURL": f"{purl}@{version}", "UID": dice.hex(16)},
                                 "Version": version, "Licenses": ["MIT"], "Layer": dice.pick(layers), "AnalyzedBy": kind})
            result = {"Target": target, "Class": "os-pkgs" if kind == "debian" else "lang-pkgs", "Type": kind, "Packages": packages}
            file.write("," * bool(number) + "\n    " + as_go(result, 2)[:-6] + ',\n      "Vulnerabilities": [\n')
            for position, entry in enumerate(entries(kind, count)):
                file.write(",\n" * bool(position) + entry)
            file.write("\n      ]\n    }")
        file.write("\n  ]\n}\n")

    return written(path, write)


# ---------------------------------------------------------------------------------------------------------- SARIF

def sarif(path, results, number=0, seed=1):
    """One log with one run, as CodeQL writes it; `number` is the file's place in a set of many."""
    dice = Dice(seed, "sarif", number, results)
    files = sorted({dice.path() for _ in range(max(20, results // 4))})
    rules = []
    for i in range(max(10, min(400, results // 12))):
        name, rule = dice.sentence(dice.between(4, 9))[:-1], f"js/{dice.pick(WORDS)}-{dice.pick(WORDS)}-{i}"
        page = f"# {name}\n" + "\n\n".join(dice.text(dice.between(150, 500)) for _ in range(dice.between(2, 5))) + \
            f"\n\n## Example\n```javascript\nconst x = require(\"{dice.pick(WORDS)}\");\nx.run(req.query.id);\n```\n"
        rules.append({
            "id": rule, "name": rule, "shortDescription": {"text": name}, "fullDescription": {"text": dice.text(160)},
            "defaultConfiguration": {"enabled": True, "level": dice.pick(("error", "error", "warning", "warning", "warning", "note"))},
            "help": {"text": page, "markdown": page},
            "properties": {"tags": ["security", f"external/cwe/cwe-{dice.pick(CWES):03}"], "description": dice.text(120), "id": rule, "kind": "path-problem",
                           "name": name, "precision": dice.pick(("high", "very-high", "medium")), "problem.severity": dice.pick(("error", "warning")),
                           "security-severity": str(round(2 + 7.9 * dice.random(), 1))}})

    def location(**extra):
        index, line, column = dice.below(len(files)), dice.between(1, 2500), dice.between(1, 60)
        return {"physicalLocation": {"artifactLocation": {"uri": files[index], "uriBaseId": "%SRCROOT%", "index": index},
                                     "region": {"startLine": line, "startColumn": column, "endColumn": column + dice.between(3, 50)}}, **extra}

    def step(**extra):
        return location(message={"text": f"{dice.pick(WORDS)}.{dice.pick(WORDS)}({dice.pick(WORDS)})"}, **extra)

    def result():
        index = int(dice.random() ** 2 * len(rules))
        value = {"ruleId": rules[index]["id"], "ruleIndex": index, "rule": {"id": rules[index]["id"], "index": index},
                 "message": {"text": dice.sentence(dice.between(8, 20))[:-1] + " [user-provided value](1)."}, "locations": [location()],
                 "partialFingerprints": {"primaryLocationLineHash": dice.hex(16) + ":1", "primaryLocationStartColumnFingerprint": str(dice.below(60))}}
        if dice.random() < 0.35:
            value["codeFlows"] = [{"threadFlows": [{"locations": [{"location": step()} for _ in range(dice.between(2, 9))]}]}
                                  for _ in range(dice.pick((1, 1, 1, 2, 3)))]
        if "codeFlows" in value or dice.random() < 0.3:
            value["relatedLocations"] = [step(id=1)]
        return value

    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "CodeQL", "organization": "GitHub", "semanticVersion": "2.20.1", "rules": rules}},
        "automationDetails": {"id": f"service-{number}/"},
        "artifacts": [{"location": {"uri": uri, "uriBaseId": "%SRCROOT%", "index": i}} for i, uri in enumerate(files)],
        "results": [result() for _ in range(results)], "columnKind": "utf16CodeUnits"}]}
    return written(path, lambda file: file.write(json.dumps(log, indent=2, ensure_ascii=False) + "\n"))


# ------------------------------------------------------------------------------------------------------- Gitleaks

def gitleaks(path, findings, seed=1):
    """A scan of a repository's history."""
    dice = Dice(seed, "gitleaks", findings)
    rules = (("generic-api-key", "Detected a Generic API Key, potentially exposing access to various services and sensitive operations."),
             ("private-key", "Identified a Private Key, which may compromise cryptographic security and sensitive data encryption."),
             ("jwt", "Uncovered a JSON Web Token, which may lead to unauthorized access to web applications and sensitive user data."),
             ("curl-auth-header", "Discovered a potential authorization token provided in a curl command header."))

    def entry():
        (rule, description), file, commit = dice.pick(rules), dice.path(), dice.hex(40)
        line, column, value = dice.between(1, 3000), dice.between(1, 60), dice.hex(dice.pick((32, 40, 64)))
        return {"RuleID": rule, "Description": description, "StartLine": line, "EndLine": line, "StartColumn": column, "EndColumn": column + len(value),
                "Match": f'{dice.pick(WORDS)}_key = "{value}"', "Secret": value, "File": file, "SymlinkFile": "", "Commit": commit,
                "Link": f"https://github.com/example/repo/blob/{commit}/{file}#L{line}", "Entropy": round(3.2 + 1.7 * dice.random(), 7),
                "Author": dice.pick(("Ana Lima", "Bo Chen", "Zoë Müller", "dev-bot")), "Email": "dev@example.com",
                "Date": f"2026-{dice.between(1, 12):02}-{dice.between(1, 28):02}T10:22:31Z", "Message": dice.text(dice.pick((20, 60, 200))), "Tags": [],
                "Fingerprint": f"{commit}:{file}:{rule}:{line}"}

    def write(file):
        file.write("[\n")
        for i in range(findings):
            file.write(",\n" * bool(i) + " " + as_go(entry(), 1, step=1))
        file.write("\n]\n")

    return written(path, write)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="folder to write to")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trivy", type=int, action="append", metavar="N", help="one Trivy report of N vulnerabilities")
    parser.add_argument("--gitleaks", type=int, action="append", metavar="N", help="one Gitleaks report of N secrets")
    parser.add_argument("--sarif-files", type=int, metavar="N", help="N SARIF logs")
    parser.add_argument("--results", type=int, default=SARIF_RESULTS, help="results in each SARIF log")
    args = parser.parse_args()
    everything = not (args.trivy or args.gitleaks or args.sarif_files)
    jobs = [(trivy, f"trivy-{n}.json", n, ()) for n in args.trivy or (TRIVY_SIZES if everything else ())]
    jobs += [(gitleaks, f"gitleaks-{n}.json", n, ()) for n in args.gitleaks or (GITLEAKS_SIZES if everything else ())]
    count = args.sarif_files or (SARIF_FILES if everything else 0)
    jobs += [(sarif, f"sarif-{args.results}/{i:04}.sarif", args.results, (i,)) for i in range(count)]
    for make, name, size, number in jobs:
        path = make(os.path.join(args.out, name), size, *number, seed=args.seed)
        if not number:
            print(f"{path}: {size} findings, {os.path.getsize(path)} bytes, {os.path.getsize(path) / size:.0f} each", file=sys.stderr)
    if count:
        print(f"{os.path.join(args.out, f'sarif-{args.results}')}: {count} logs", file=sys.stderr)


if __name__ == "__main__":
    main()
