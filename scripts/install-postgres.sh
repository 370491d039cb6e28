#!/usr/bin/env bash
# Installs PostgreSQL 15 with pgvector 0.8 on Debian 12 from Debian's archives. Needs root. Does nothing when both are
# installed.
#
# Debian 12 has PostgreSQL 15 but no pgvector. The next release of Debian has the source of pgvector, which builds in
# seconds. The script keeps package lists of its own for that release, so the machine's package lists do not change.
set -euo pipefail

PROGRAMS=/usr/lib/postgresql/15/bin
PGVECTOR=0.8.0
SOURCE_RELEASE=trixie

has_server() { [[ -x $PROGRAMS/postgres && -x $PROGRAMS/pg_dump ]]; }
has_pgvector() { [[ -f /usr/share/postgresql/15/extension/vector.control ]]; }

if has_server && has_pgvector; then
  echo "PostgreSQL 15 and pgvector are installed"
  exit 0
fi
if [[ $(id -u) != 0 ]]; then
  echo "PostgreSQL 15 with pgvector is not installed: run this script as root" >&2
  exit 1
fi

# Keeps the package from creating and starting a cluster.
mkdir -p /etc/postgresql-common
[[ -f /etc/postgresql-common/createcluster.conf ]] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends postgresql-15 postgresql-client-15 >/dev/null
if has_pgvector; then exit 0; fi
apt-get install -y -qq --no-install-recommends postgresql-server-dev-15 make gcc libc6-dev dpkg-dev >/dev/null

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/state/lists/partial"

# The machine's mirror of Debian's main archive has the next release as well.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 '/debian/\?$' || true)
if [[ -z $mirror ]]; then
  echo "No mirror of Debian's main archive is configured: add one to /etc/apt/sources.list" >&2
  exit 1
fi
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $SOURCE_RELEASE main" >"$work/sources.list"
archive=(
  -o "Dir::Etc::sourcelist=$work/sources.list"
  -o Dir::Etc::sourceparts=/dev/null
  -o "Dir::State::lists=$work/state/lists"
  -o APT::Sandbox::User=root
)
cd "$work"
apt-get "${archive[@]}" update -qq
version=$(apt-cache "${archive[@]}" showsrc pgvector 2>/dev/null | awk '/^Version:/ { print $2; exit }')
if [[ $version != "$PGVECTOR"-* ]]; then
  echo "Debian $SOURCE_RELEASE has pgvector ${version:-nothing}, but PGVECTOR is $PGVECTOR: change it in scripts/install-postgres.sh" >&2
  exit 1
fi
apt-get "${archive[@]}" source -qq --download-only "pgvector=$version"
tar xzf "pgvector_$PGVECTOR.orig.tar.gz"
# By default the Makefile compiles for the processor of this machine; a cached image may run on another one.
make -s -j2 -C "pgvector-$PGVECTOR" PG_CONFIG="$PROGRAMS/pg_config" OPTFLAGS="" >/dev/null
make -s -C "pgvector-$PGVECTOR" PG_CONFIG="$PROGRAMS/pg_config" install >/dev/null
cd /
has_server && has_pgvector
