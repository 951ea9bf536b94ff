#!/bin/sh
# format.sh ROOT: every C file is as clang-format 14 leaves it. Exit code 77: it is not installed.
command -v clang-format >/dev/null || { echo "SKIPPED: clang-format is not installed"; exit 77; }
case $(clang-format --version) in
    *" 14."*) ;;
    *) echo "SKIPPED: another version than 14 formats otherwise"; exit 77 ;;
esac
cd "$1" || exit 1
find sim models traces scenarios analysis tests '(' -name '*.[ch]' -o -name '*.cc' ')' -print0 |
    xargs -0 clang-format --dry-run -Werror && echo "all files are formatted"
