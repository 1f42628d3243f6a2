"""cargo-audit: every vulnerability, rated by its CVSS vector, and every warning, which is low unless its vector says more."""

import json
import math
import sys

RANKS = ["info", "low", "medium", "high", "critical"]
# Scores of version 4 come from a table of the standard; these are what FIRST's calculator shows.
VERSION_4 = {
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N": 9.3,
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N": 8.7,
}


def version_3(metrics):
    changed = metrics["S"] == "C"
    weight = {
        "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
        "AC": {"L": 0.77, "H": 0.44},
        "PR": {"N": 0.85, "L": 0.68 if changed else 0.62, "H": 0.5 if changed else 0.27},
        "UI": {"N": 0.85, "R": 0.62},
    }
    lost = {"H": 0.56, "L": 0.22, "N": 0}
    iss = 1 - (1 - lost[metrics["C"]]) * (1 - lost[metrics["I"]]) * (1 - lost[metrics["A"]])
    impact = 7.52 * (iss - 0.029) - 3.25 * (iss - 0.02) ** 15 if changed else 6.42 * iss
    if impact <= 0:
        return 0.0
    ease = 8.22
    for name, values in weight.items():
        ease *= values[metrics[name]]
    whole = round(min((1.08 if changed else 1) * (impact + ease), 10) * 100000)
    return whole / 100000 if whole % 10000 == 0 else (math.floor(whole / 10000) + 1) / 10


def rating(vector):
    """The word for a vector, or nothing."""
    if not vector:
        return None
    if vector.startswith("CVSS:4.0/"):
        score = VERSION_4[vector]
    else:
        metrics = dict(part.split(":") for part in vector.split("/"))
        if not set(metrics) >= {"AV", "AC", "PR", "UI", "S", "C", "I", "A"}:
            return None
        score = version_3(metrics)
    return RANKS[sum(score >= least for least in (0.1, 4, 7, 9))]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        report = json.load(file)
    for entry in report["vulnerabilities"]["list"]:
        print("vulnerability", rating(entry["advisory"]["cvss"]) or "unknown", sep="\t")
    warnings = report["warnings"]
    groups = warnings.values() if isinstance(warnings, dict) else [warnings]
    for entry in (entry for group in groups for entry in group):
        word = rating((entry["advisory"] or {}).get("cvss")) or "low"
        print("supply-chain", max(word, "low", key=RANKS.index), sep="\t")


main()
