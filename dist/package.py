#!/usr/bin/env python3
"""Packages trefoil: takes this checkout, gives a tar.gz and a .deb in target/packages/.

    dist/package.py                     builds with the dist profile first
    dist/package.py --trefoil FILE      packages this binary

The files and their paths are listed in Cargo.toml, [package.metadata.deb], in the form that
cargo-deb reads. Both packages contain the same files. The same commit and the same binary give the
same bytes: times are those of the commit, owners are root. Needs Python 3.11, Rust and dpkg-deb.
"""

import argparse
import glob
import gzip
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "packages"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--trefoil", type=pathlib.Path, help="this binary, instead of building")
    options = arguments.parse_args()
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
    binary = options.trefoil or build()
    machine = check(binary, manifest["version"])
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        lay_out(tree, binary, manifest["metadata"]["deb"]["assets"])
        for path in (tar(tree, manifest, machine), deb(tree, manifest, machine)):
            print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.1f} MB")


def build() -> pathlib.Path:
    command = ["cargo", "build", "--profile", "dist", "--locked", "--message-format", "json"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in output.splitlines():
        executable = json.loads(line).get("executable")
        if executable:
            return pathlib.Path(executable)
    sys.exit("cargo built no executable")


def check(binary: pathlib.Path, version: str) -> str:
    """Checks that the binary runs and has this version; returns its machine, such as x86_64."""
    said = subprocess.run([binary, "--version"], check=True, stdout=subprocess.PIPE, text=True)
    if said.stdout.split()[-1] != version:
        sys.exit(f"{binary} is {said.stdout.strip()}, Cargo.toml says {version}")
    return os.uname().machine


def lay_out(tree: pathlib.Path, binary: pathlib.Path, assets: list) -> None:
    for source, target, mode in assets:
        found = [binary] if source == "target/release/trefoil" else sorted(glob.glob(source, root_dir=ROOT))
        if not found:
            sys.exit(f"Cargo.toml names {source}, which does not exist")
        for path in found:
            path = ROOT / path
            place = tree / target
            if target.endswith("/"):
                place = place / path.name
            if place.parent.name == "man1":
                place = place.with_name(place.name + ".gz")
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.suffix == ".gz":
                place.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
            else:
                shutil.copyfile(path, place)
            place.chmod(int(mode, 8))


def commit_time() -> int:
    command = ["git", "log", "-1", "--format=%ct"]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return int(os.environ.get("SOURCE_DATE_EPOCH", said))


def tar(tree: pathlib.Path, manifest: dict, machine: str) -> pathlib.Path:
    name = f"trefoil-{manifest['version']}-{machine}-linux"
    path = OUT / f"{name}.tar.gz"
    time = commit_time()

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = time
        return entry

    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for entry in sorted((tree / "usr").rglob("*")):
                inside = pathlib.Path(name) / entry.relative_to(tree / "usr")
                archive.add(entry, inside, recursive=False, filter=plain)
    return path


def deb(tree: pathlib.Path, manifest: dict, machine: str) -> pathlib.Path:
    known = {"x86_64": "amd64", "aarch64": "arm64"}
    architecture = known.get(machine) or sys.exit(f"no Debian architecture is known for {machine}")
    metadata = manifest["metadata"]["deb"]
    package = tree.with_name("package")
    shutil.copytree(tree, package)
    files = sorted(path for path in package.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in files) // 1024
    control = package / "DEBIAN"
    control.mkdir()
    description = metadata["extended-description"].strip().replace("\n", "\n ")
    (control / "control").write_text(
        f"Package: trefoil\n"
        f"Version: {manifest['version']}-1\n"
        f"Architecture: {architecture}\n"
        f"Maintainer: {metadata['maintainer']}\n"
        f"Installed-Size: {size}\n"
        f"Section: {metadata['section']}\n"
        f"Priority: {metadata['priority']}\n"
        f"Description: {manifest['description']}\n {description}\n"
    )
    sums = [(hashlib.md5(path.read_bytes()).hexdigest(), path.relative_to(package)) for path in files]
    (control / "md5sums").write_text("".join(f"{sum}  {path}\n" for sum, path in sums))
    time = commit_time()
    for entry in [package, *package.rglob("*")]:
        if entry.is_dir():
            entry.chmod(0o755)
        os.utime(entry, (time, time))
    path = OUT / f"trefoil_{manifest['version']}-1_{architecture}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", package, path]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(time)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return path


if __name__ == "__main__":
    main()
