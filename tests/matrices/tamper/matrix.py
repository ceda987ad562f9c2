"""Judges every case of the tamper matrix with the verifier in Python, compares with what the tool said, prints the table."""

import copy
import json
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import ledger_verifier


class Matrix:
    def __init__(self, folder: Path) -> None:
        self.intact = ledger_verifier.load(folder / "ledger")
        self.last = max(self.intact)
        # What the entries before each one add up to, so that a case is verified from its first change on only.
        ledger = ledger_verifier.Ledger()
        self.before = []
        for index in range(self.last + 1):
            self.before.append(fork(ledger))
            ledger.add(self.intact[index])
        self.noted = (self.last, ledger.hashes[-1])

    def judge(self, first: int, objects: dict[int, bytes]) -> tuple[int, str] | None:
        """The entry that fails and why, beginning with `first`, the first that was changed."""
        ledger = fork(self.before[first])
        try:
            for position in range(first, max(objects, default=-1) + 1):
                ledger_verifier.need(position in objects, "missing")
                ledger.add(objects[position])
        except ledger_verifier.Defect as defect:
            return len(ledger.hashes), str(defect)
        position, hash_ = self.noted
        found = ledger.hashes[position] if position < len(ledger.hashes) else None
        return None if found == hash_ else (position, "other-head" if found else "truncated")

    def tampered(self, kind: str, words: list[str]) -> tuple[int, dict[int, bytes]]:
        """The first entry that a case changes, and the objects from there on as far as they matter."""
        if kind == "usurp":
            return 0, {index: ledger_verifier.unbase64(word) for index, word in enumerate(words)}
        first = int(words[0])
        if kind == "byte":
            data = bytearray(self.intact[first])
            data[int(words[1])] = int(words[2])
            return first, {first: bytes(data)}
        if kind == "swap":
            other = int(words[1])
            return first, {first: self.intact[other], other: self.intact[first]}
        if kind in ("re-sign", "re-sign-rest"):
            return first, {first: ledger_verifier.unbase64(words[1])}
        later = {index: data for index, data in self.intact.items() if index > first}
        if kind == "delete":
            return first, later
        if kind == "close-up":
            return first, {index - 1: data for index, data in later.items()}
        if kind == "truncate":
            return first, {}
        raise ValueError(kind)


def fork(ledger: ledger_verifier.Ledger) -> ledger_verifier.Ledger:
    other = copy.copy(ledger)
    for name, value in vars(ledger).items():
        deep = isinstance(value, dict)
        copied = {key: copy.copy(one) for key, one in value.items()} if deep else copy.copy(value)
        setattr(other, name, copied)
    return other


def main() -> None:
    folder = Path(sys.argv[1])
    ours = json.loads((folder / "ours.json").read_text())
    matrix = Matrix(folder)
    cases, agreed, codes, wrong = Counter(), Counter(), {}, list(ours["wrong"])
    for line in (folder / "cases").read_text().splitlines():
        index, code, kind, *words = line.split(" ")
        cases[kind] += 1
        found = matrix.judge(*matrix.tampered(kind, words))
        if found == (int(index), code):
            agreed[kind] += 1
            codes.setdefault(kind, Counter())[code] += 1
        else:
            wrong.append(f"{kind} {' '.join(words)[:60]}: ours {index} {code}, the other {found}")
    print(f"{'change':<13} {'cases':>7} {'ours':>7} {'other':>7}  found as")
    for kind, total in ours["cases"].items():
        found_as = ", ".join(f"{code} {count}" for code, count in codes.get(kind, Counter()).most_common())
        print(f"{kind:<13} {total:>7} {cases[kind]:>7} {agreed[kind]:>7}  {found_as}")
    for line in wrong[:20]:
        print(f"WRONG: {line}")
    total, good = sum(ours["cases"].values()), sum(agreed.values())
    print(f"{good} passed, {total - good} failed")
    sys.exit(0 if total == good and total else 1)


if __name__ == "__main__":
    main()
