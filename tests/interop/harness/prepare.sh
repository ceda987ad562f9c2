# Sourced by the `run` of each peer, at the root of the work tree.
# shellcheck shell=bash

# Longer than any script needs on a slow machine; what hangs is killed, and its servers with it.
limit_seconds=300

# Everything is on the loopback interface or on this machine's terminals.
export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH=$PWD/tests/interop/harness
# Texts of foreign programs are compared.
export LC_ALL=C.UTF-8
unset SSH_AUTH_SOCK SSH_ASKPASS SSH_SK_PROVIDER SSH_SK_HELPER FIDO_DEBUG

die() {
    echo "$*" >&2
    exit 1
}

build_tool() {
    CARGO_TARGET_DIR=target cargo build --locked
}

# need COMMAND PACKAGE…: the command, from these packages of Debian if it is not there.
need() {
    local command=$1
    shift
    if command -v "$command" >/dev/null; then
        return
    fi
    install_for "$command" "$@"
    command -v "$command" >/dev/null || die "$* installed, but $command is still missing"
}

# need_library NAME PACKAGE…: the library that pkg-config knows by this name.
need_library() {
    local library=$1
    shift
    if pkg-config --exists "$library"; then
        return
    fi
    install_for "$library" "$@"
    pkg-config --exists "$library" || die "$* installed, but pkg-config does not know $library"
}

# install_for WHAT PACKAGE…
install_for() {
    local what=$1 as_root=()
    shift
    command -v apt-get >/dev/null || die "$what is missing, and there is no apt-get to install $* with"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "$what is missing; as root: apt-get install $*"
        as_root=(sudo -n)
    fi
    "${as_root[@]}" apt-get update --quiet || die "$what is missing, and apt-get update failed"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends "$@" ||
        die "$what is missing, and $* cannot be installed"
}

# build_one_device DIR: the library that shows programs on libfido2 the device in $FIDO_DEVICE.
build_one_device() {
    mkdir -p "$1"
    cc -Wall -Wextra -Werror -O1 -shared -fPIC -o "$1/one_device.so" tests/interop/harness/one_device.c
}

# run_scripts PYTHON FOLDER SCRIPT…: each in turn, all of them also when one fails; counts their steps.
run_scripts() {
    local python=$1 folder=$2 output script status=0
    shift 2
    output=$(mktemp)
    # shellcheck disable=SC2064
    trap "rm -f '$output'" EXIT
    for script in "$@"; do
        echo "$(basename "$folder"): $script"
        timeout --kill-after=10 "$limit_seconds" "$python" "$folder/$script.py" | tee --append "$output" || {
            # A script that could not even count is a failure of its own.
            tail -n 1 "$output" | grep -q 'failed$' || echo "0 passed, 1 failed" >>"$output"
            status=1
        }
    done
    awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 }
        END { print passed + 0 " passed, " failed + 0 " failed" }' "$output"
    return "$status"
}
