"""fido2-token: fingers on a key with a sensor; fido2-cred and fido2-assert: verification by finger."""

import expect
from fido2 import FLAG_UP, FLAG_UV, PIN, Key, flags
from management import on_a_new_key

PROFILE = "bio"


def check_fingers(key: Key) -> None:
    key.set_pin()
    expect.holds("options", "nobioEnroll" in key.options(), key.options())
    fingers: list[str] = []

    def listed() -> dict[str, str]:
        """Names by template id."""
        lines = [line.split(" ", 2) for line in key.token("-L", "-e", answers=(PIN,)).splitlines()]
        return {line[1]: line[2] if len(line) > 2 else "" for line in lines}

    for number in (1, 2):
        expect.step(f"-S -e enrolls finger {number}")
        key.token("-S", "-e", answers=(PIN,))
        expect.equal("number of fingers", number, len(listed()))
        fingers += [template for template in listed() if template not in fingers]
    expect.holds("options", {"bioEnroll", "uv"} <= set(key.options()), key.options())

    expect.step("-S -e -i -n names, -L -e lists")
    for template, name in zip(fingers, ("thumb", "index"), strict=True):
        key.token("-S", "-e", "-i", template, "-n", name, answers=(PIN,))
    expect.equal("fingers", dict(zip(fingers, ("thumb", "index"), strict=True)), listed())

    expect.step("verified by finger, the PIN is never asked for")
    credential = key.make("-r", "-v", verify=("-v",))
    for discover in (True, False):
        printed = key.get(credential, "-p", "-t", "uv=true", discover=discover, verify=("-p", "-v"))
        expect.equal("flags", FLAG_UP | FLAG_UV, flags(printed[2]))

    expect.step("-D -e deletes")
    for template in fingers:
        key.token("-D", "-e", "-i", template, answers=(PIN,))
    expect.holds("options", "nobioEnroll" in key.options(), key.options())


if __name__ == "__main__":
    expect.group("fingers", on_a_new_key, PROFILE, check_fingers)
    expect.summary()
