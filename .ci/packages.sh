# Sourced by ./demo and ./check: install_packages demo|check
# Installs what packages.txt names and dpkg does not have. Without root it prints the line to run.
# Those of kind browser are nice to have: where they cannot be had that is said, and no error.

# missing_packages KIND...: of these kinds, those that dpkg does not have.
missing_packages() {
    for kind in "$@"; do
        for package in $(awk -v kind="$kind" '$1 == kind { print $2 }' packages.txt); do
            dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' ||
                printf ' %s' "$package"
        done
    done
}

install_optional() {
    missing=$(missing_packages browser)
    [ -z "$missing" ] && return 0
    if [ "$(id -u)" != 0 ]; then
        echo "not installed, a test is left out:$missing" >&2
        return 0
    fi
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    if apt-get install -q -y --no-install-recommends $missing >/dev/null 2>&1 ||
        { apt-get update -q -o Acquire::Retries=0 -o Acquire::http::Timeout=10 >/dev/null 2>&1 &&
            apt-get install -q -y --no-install-recommends $missing >/dev/null 2>&1; }; then
        echo "installed:$missing"
    else
        echo "not installable here:$missing" >&2
    fi
    return 0
}

install_packages() {
    case $1 in
        check) missing=$(missing_packages demo check) ;;
        *) missing=$(missing_packages demo) ;;
    esac
    if [ -z "$missing" ]; then
        [ "$1" = check ] && install_optional
        return 0
    fi
    if [ "$(id -u)" != 0 ]; then
        echo "These Debian packages are missing; install them with:" >&2
        echo "  sudo apt-get install --no-install-recommends$missing" >&2
        return 1
    fi
    echo "installing:$missing"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    # shellcheck disable=SC2086
    if ! { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        echo "the packages could not be installed" >&2
        return 1
    fi
    rm -f "$log"
    [ "$1" = check ] && install_optional
    return 0
}
