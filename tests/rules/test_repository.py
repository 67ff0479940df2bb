"""What lies in the repository: settings that are told of, no secrets, nothing of one machine, pages that exist."""

import ast
import json
import re

from tests.rules.source import ROOT, listed, product, tracked

# Put together here, so that this file does not hold what it looks for.
_REGISTRIES = [
    "registry." + "npmjs.org",
    "registry." + "yarnpkg.com",
    "pypi" + ".org",
    "files." + "pythonhosted.org",
    "repo1." + "maven.org",
    "repo." + "maven.apache.org",
    "maven-" + "central",
    "proxy." + "golang.org",
    "_auth" + "Token",
    "--index" + "-url",
    "extra-index" + "-url",
]
_ONE_MACHINE = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
_SECRETS = re.compile(
    "|".join(
        [
            "-----BEGIN [A-Z ]*PRIVATE " + "KEY-----",
            r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
            r"\bgh[pousr]_[A-Za-z0-9]{30,}\b",
            r"\bgithub_pat_[A-Za-z0-9_]{30,}\b",
            r"\bglpat-[A-Za-z0-9_-]{20,}\b",
            r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b",
            r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.",
            r"://[^/\s:@{}$]+:[^/\s:@{}$]+@(?!\S*\.example)",
        ]
    )
)
# A password or key written out, where people write them: settings of containers, builds and examples.
_ASSIGNED = re.compile(r"(?im)^\s*-?\s*[A-Z0-9_]*(PASSWORD|SECRET|TOKEN|API_KEY)\s*[:=]\s*[\"']?[^\s\"'$#{}/.]{6,}")
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)\s]*)?\)")


def test_no_registry_is_named() -> None:
    found = _found_in(_REGISTRIES)

    assert found == [], "Leave addresses of registries to each machine's own settings."


def test_nothing_is_tied_to_one_machine() -> None:
    found = _found_in(_ONE_MACHINE)

    assert found == [], "Use a path relative to the repository, a setting or a temporary folder."


def _found_in(words: list[str]) -> list[str]:
    return [
        f"{path}:{number} {word}"
        for path, text in tracked().items()
        for number, line in enumerate(text.splitlines(), 1)
        for word in words
        if word in line
    ]


def test_nothing_leads_out_of_the_repository() -> None:
    links = [line.partition("\t")[2] for line in listed("--stage").splitlines() if line.startswith("120000 ")]

    assert links == [], "These are links to somewhere else. Take them out."


def test_no_secret_is_kept() -> None:
    found = [
        f"{path}:{number}"
        for path, text in tracked().items()
        for number, line in enumerate(text.splitlines(), 1)
        if _SECRETS.search(line) or (path.endswith((".yml", ".example", ".toml", "file")) and _ASSIGNED.search(line))
    ]

    assert found == [], "Take the secret out, and out of Git's history; give it by a file outside the repository."


def test_the_lock_file_names_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))

    resolved = [name for name, package in lock["packages"].items() if "resolved" in package]
    unproven = [name for name, package in lock["packages"].items() if name and "integrity" not in package]

    assert resolved == [], "Run npm with the repository's .npmrc, which leaves `resolved` out."
    assert unproven == [], "Every package needs its `integrity`: make the lock file again."


def test_every_setting_is_in_the_readme() -> None:
    settings = {
        node.value
        for node in ast.walk(product()["graph/settings.py"])
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"(SIGNPOST|NEO4J)_[A-Z0-9_]+|PORT", node.value)
    }
    told = tracked()["README.md"]

    assert len(settings) > 10
    # That .env.example has them is a test of tests/graph/test_settings.py.
    assert sorted(name for name in settings if f"`{name}`" not in told) == [], "Add these to the settings of README.md."


def test_every_folder_is_on_the_map() -> None:
    folders = {path.partition("/")[0] for path in tracked() if "/" in path and not path.startswith(".")}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert sorted(folder for folder in folders if f"{folder}/" not in readme) == [], (
        "Add these to the map of README.md."
    )


def test_every_link_leads_somewhere() -> None:
    broken = [
        f"{path} -> {target}"
        for path, text in tracked().items()
        if path.endswith(".md")
        for target in _LINK.findall(text)
        if not (ROOT / path).parent.joinpath(target).exists()
    ]

    assert broken == [], "Write these pages, or take the links out."


def test_every_command_of_the_readme_is_one() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z]+):", makefile))
    named = set(re.findall(r"(?m)(?:`|^    )make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))

    assert sorted(named - targets) == [], "README.md names targets that the Makefile does not have."
