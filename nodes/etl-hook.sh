#!/bin/sh
# An ETL with the node's hooks around it. Run it as the node's user, or with sudo: files of root's would lock the node out.
# The node goes on answering from its old index, whatever happens here.
set -eu

ETL="${ETL:?name the command that loads the data}"
RELEASE="${RELEASE:-$(date +%Y-%m)}"        # stands in every answer: letters, digits, . - _

dure-node refresh begin
trap 'dure-node refresh abort' EXIT         # until the new index is taken up or held

sh -c "$ETL"

status=0
dure-node refresh finish --release "$RELEASE" || status=$?
case "$status" in
    0) trap - EXIT ;;
    8) trap - EXIT                          # too much went down: answers are held, and a person decides
       echo "dure-node refresh status, then dure-node refresh confirm or dure-node refresh abort" >&2 ;;
esac
exit "$status"
