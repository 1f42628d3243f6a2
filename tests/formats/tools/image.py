"""Writes a container image, in the form of `docker save`, for Trivy to scan.

    python3 image.py IMAGE.tar

It holds no program: only the package list of a Debian 12 system and one npm
package, in two layers. The same call writes the same bytes.
"""

import hashlib
import io
import json
import sys
import tarfile

OS_RELEASE = """PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
"""

# binary package, source package, version
PACKAGES = [
    ("apt", "apt", "2.6.1"),
    ("bash", "bash", "5.2.15-2+b2"),
    ("libc-bin", "glibc", "2.36-9+deb12u1"),
    ("libc6", "glibc", "2.36-9+deb12u1"),
    ("libexpat1", "expat", "2.5.0-1"),
    ("libssl3", "openssl", "3.0.9-1"),
    ("openssl", "openssl", "3.0.9-1"),
    ("zlib1g", "zlib", "1:1.2.13.dfsg-1"),
]

LODASH = {"name": "lodash", "version": "4.17.15", "license": "MIT"}


def dpkg_status():
    blocks = []
    for name, source, version in PACKAGES:
        lines = [f"Package: {name}", "Status: install ok installed", "Architecture: amd64"]
        if version.endswith("+b2"):
            lines.append(f"Source: {source} ({version.removesuffix('+b2')})")
        elif source != name:
            lines.append(f"Source: {source}")
        lines += [f"Version: {version}", "Maintainer: Example Dev <dev@example.com>", f"Description: {name}"]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


def archive(files):
    """A tar file with these names and contents."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def main(path):
    layers = [
        archive(
            {
                "etc/os-release": OS_RELEASE.encode(),
                "etc/debian_version": b"12.1\n",
                "var/lib/dpkg/status": dpkg_status().encode(),
            }
        ),
        archive({"shop/node_modules/lodash/package.json": json.dumps(LODASH).encode()}),
    ]
    digests = [hashlib.sha256(layer).hexdigest() for layer in layers]
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "created": "2026-01-01T00:00:00Z",
            "config": {"Cmd": ["node", "/shop/web/server.js"], "User": "node"},
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest for digest in digests]},
            "history": [
                {"created": "2026-01-01T00:00:00Z", "created_by": "ADD rootfs.tar /"},
                {"created": "2026-01-01T00:00:00Z", "created_by": "COPY node_modules /shop/node_modules"},
            ],
        }
    ).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    names = [digest + "/layer.tar" for digest in digests]
    manifest = json.dumps(
        [{"Config": config_name, "RepoTags": ["example.com/shop:1.4.0"], "Layers": names}]
    ).encode()
    files = {config_name: config, "manifest.json": manifest, **dict(zip(names, layers))}
    with open(path, "wb") as out:
        out.write(archive(files))


if __name__ == "__main__":
    main(sys.argv[1])
