# Sourced by ./demo and ./check: install_packages demo|check|outside, wish_packages KIND
# Installs what packages.txt names and dpkg does not have. Without root it prints the line to run.

# missing_packages KIND...: of these kinds, those that dpkg does not have.
missing_packages() {
    for kind in "$@"; do
        for package in $(awk -v kind="$kind" '$1 == kind { print $2 }' packages.txt); do
            dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
                printf ' %s' "$package"
        done
    done
}

# fetch_packages PACKAGE...: what went wrong is on stderr.
fetch_packages() {
    if [ "$(id -u)" != 0 ]; then
        echo "These Debian packages are missing; install them with:" >&2
        echo "  sudo apt-get install --no-install-recommends $*" >&2
        return 1
    fi
    echo "installing: $*"
    log=$(mktemp)
    if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } \
        >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "the packages could not be installed" >&2
        return 1
    fi
    rm -f "$log"
}

install_packages() {
    case $1 in
        check) missing=$(missing_packages demo check) ;;
        outside) missing=$(missing_packages demo check outside) ;;
        *) missing=$(missing_packages demo) ;;
    esac
    [ -z "$missing" ] && return 0
    # shellcheck disable=SC2086
    fetch_packages $missing
}

# wish_packages KIND: tests that need them are skipped where they cannot be had.
wish_packages() {
    missing=$(missing_packages "$1")
    [ -z "$missing" ] && return 0
    # shellcheck disable=SC2086
    fetch_packages $missing || {
        echo "WARNING: without$missing" >&2
        echo "WARNING: the tests that need them will be skipped" >&2
    }
}
