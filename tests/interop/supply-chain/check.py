"""Holds the dependencies against .deny.toml: licences, banned crates, sources. What cargo-deny does, without cargo-deny.

Reads `cargo metadata` from standard input; the arguments are the policy and, if wanted, a file for all licences' texts."""

import json
import re
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

TEXTS = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "COPYRIGHT")


def satisfied(expression, allowed):
    """Whether an SPDX expression can be satisfied with licences that are allowed. `/` is how crates once wrote `OR`."""
    words = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))

    def alternatives():
        met = together()
        while words and words[0] == "OR":
            words.pop(0)
            met = together() or met
        return met

    def together():
        met = one()
        while words and words[0] == "AND":
            words.pop(0)
            met = one() and met
        return met

    def one():
        word = words.pop(0)
        if word == "(":
            met = alternatives()
            assert words.pop(0) == ")", expression
            return met
        if words and words[0] == "WITH":
            word += f" {words.pop(0)} {words.pop(0)}"
        return word in allowed

    met = alternatives()
    assert not words, expression
    return met


def complaints(packages, policy):
    allowed = set(policy["licenses"]["allow"])
    registries = {f"registry+{url}" for url in policy["sources"]["allow-registry"]}
    versions = defaultdict(set)
    for package in packages:
        name, version = package["name"], package["version"]
        versions[name].add(version)
        source = package["source"]
        if source is not None and source not in registries:
            yield f"{name} {version}: its source is {source}"
        licence = package["license"]
        if licence is None or not satisfied(licence, allowed):
            yield f"{name} {version}: its licence is {licence}"
    for ban in policy["bans"]["deny"]:
        found = sorted(versions.get(ban["crate"], ()))
        if ban.get("deny-multiple-versions"):
            if not found:
                yield f"{ban['crate']} is to be there once, and is not there: correct the policy"
            if len(found) > 1:
                yield f"{ban['crate']} is there several times: {', '.join(found)}"
        elif found:
            yield f"{ban['crate']} {', '.join(found)} is banned"


def linked(metadata):
    """What the binary is made of: the tool's dependencies and theirs, macros included; build scripts and tests are left out."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    found, waiting = set(), [metadata["resolve"]["root"]]
    while waiting:
        node = waiting.pop()
        if node in found:
            continue
        found.add(node)
        for dependency in nodes[node]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    return [package for package in metadata["packages"] if package["id"] in found]


def write_texts(packages, path):
    """The licences' texts, each once, with the crates that have it; a crate without a text is listed with its licence."""
    holders, without = defaultdict(list), []
    for package in packages:
        if package["source"] is None:
            continue
        name = f"{package['name']} {package['version']} ({package['license']})"
        folder = Path(package["manifest_path"]).parent
        files = [one for one in sorted(folder.iterdir()) if one.is_file() and one.name.upper().startswith(TEXTS)]
        for file in files:
            holders[file.read_text(errors="replace").strip()].append(name)
        if not files:
            without.append(name)
    lines = ["Licences of what is linked into halligan.\n"]
    for text, names in sorted(holders.items(), key=lambda one: one[1]):
        lines += ["=" * 80, *sorted(set(names)), "-" * 80, text, ""]
    lines += ["=" * 80, "Without a text of their own:", *sorted(without), ""]
    path.write_text("\n".join(lines))


def self_test():
    allowed = {"MIT", "Apache-2.0", "ISC"}
    for expression, wanted in [
        ("MIT", True),
        ("GPL-3.0", False),
        ("GPL-3.0 OR MIT", True),
        ("GPL-3.0/MIT", True),
        ("MIT AND GPL-3.0", False),
        ("(GPL-3.0 OR MIT) AND ISC", True),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("Apache-2.0 WITH LLVM-exception OR MIT", True),
    ]:
        assert satisfied(expression, allowed) is wanted, expression
    policy = {
        "licenses": {"allow": ["MIT"]},
        "sources": {"allow-registry": ["https://here"]},
        "bans": {"deny": [{"crate": "bad"}, {"crate": "twice", "deny-multiple-versions": True}]},
    }
    package = {"name": "a", "version": "1", "license": "MIT", "source": "registry+https://here"}
    once = {**package, "name": "twice"}
    assert not list(complaints([package, once], policy))
    for change in [
        {"source": "git+https://elsewhere"},
        {"license": None},
        {"license": "GPL-3.0"},
        {"name": "bad"},
        {"name": "twice", "version": "2"},
    ]:
        assert len(list(complaints([{**package, **change}, once], policy))) == 1, change


def main():
    self_test()
    policy = tomllib.loads(Path(sys.argv[1]).read_text())
    metadata = json.load(sys.stdin)
    found = list(complaints(metadata["packages"], policy))
    for complaint in found:
        print(complaint)
    if len(sys.argv) > 2:
        write_texts(linked(metadata), Path(sys.argv[2]))
    print(f"{len(metadata['packages'])} packages, {len(linked(metadata))} of them linked, {len(found)} complaints")
    sys.exit(1 if found else 0)


main()
