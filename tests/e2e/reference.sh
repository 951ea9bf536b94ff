#!/bin/sh
# reference.sh MONAMI ROOT: docs/reference.md is what the program prints.
"$1" reference | diff - "$2/docs/reference.md" && echo "docs/reference.md is up to date"
