#!/bin/sh
# Starts Kafka with users and rights: the image's KAFKA_ variables, and what holds the administrator's password. That is
# read from a file here, so that neither the container's description nor a process's arguments show it.
set -eu
umask 077
administrator=admin
file=${CHEQI_KAFKA_ADMIN_PASSWORD_FILE:-/run/secrets/kafka_admin}
properties=/tmp/server.properties
libraries='/opt/kafka/libs/*'
logins=org.apache.kafka.common.security

password=$(cat "$file")
case $password in
"" | *[!A-Za-z0-9._~-]*)
  echo "$file must hold a password of letters, digits and the signs . _ ~ - only: write such a one into it" >&2
  exit 1
  ;;
esac

env | sed -n 's/^KAFKA_\([A-Z0-9_]*\)=/\1 /p' | while read -r name value; do
  key=$(printf %s "$name" | sed 's/___/-/g; s/__/+/g; s/_/./g; s/+/_/g' | tr '[:upper:]' '[:lower:]')
  printf '%s=%s\n' "$key" "$value"
done >"$properties"
cat >>"$properties" <<END
listener.name.controller.plain.sasl.jaas.config=$logins.plain.PlainLoginModule required username="$administrator" password="$password" user_$administrator="$password";
listener.name.secured.scram-sha-512.sasl.jaas.config=$logins.scram.ScramLoginModule required username="$administrator" password="$password";
END

if ! test -e "$KAFKA_LOG_DIRS/meta.properties"; then
  # Clients are known by what the broker stores, so the first of them must be stored before it runs.
  printf '%s\n' format "--cluster-id=$CLUSTER_ID" "--config=$properties" \
    "--add-scram=SCRAM-SHA-512=[name=$administrator,password=$password]" >/tmp/format
  java -Xmx128M -cp "$libraries" kafka.tools.StorageTool @/tmp/format >/dev/null
  rm /tmp/format
fi
# shellcheck disable=SC2086 # several options in one variable
exec java ${KAFKA_HEAP_OPTS:--Xms256M -Xmx512M} ${KAFKA_JVM_PERFORMANCE_OPTS:-} \
  -Dlog4j2.configurationFile=/etc/kafka/docker/log4j2.yaml -cp "$libraries" kafka.Kafka "$properties"
