#!/bin/sh
# Makes venv, once for each requirements.txt.
set -eu
cd "$(dirname "$0")"
if ! cmp -s requirements.txt venv/requirements.txt; then
    python3 -m venv venv
    venv/bin/pip install --quiet --requirement requirements.txt
    cp requirements.txt venv/requirements.txt
fi
