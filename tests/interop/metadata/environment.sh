# Sourced at the root of the work tree, by what needs the published payload and python-fido2.
# shellcheck shell=bash

# make_environment DIR
make_environment() {
    local environment=$1 wanted=tests/interop/metadata/requirements.txt
    if ! cmp -s "$wanted" "$environment/requirements.txt"; then
        rm -rf "$environment"
        python3 -m venv "$environment"
        "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
            --only-binary :all: --requirement "$wanted"
        # Last, so that an interrupted installation is begun again.
        cp "$wanted" "$environment/requirements.txt"
    fi
}
