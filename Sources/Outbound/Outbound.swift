// Outbound: the one way out of a machine of ours.
//
// A hospital lets nothing in, so everything that a node or a researcher's client says to a coordinator goes
// through this room: HTTPS requests by Debian's libcurl, which brings every proxy, CA and TLS habit that a
// hospital's network people expect, behind async calls.
//
// What lives here: the client (one thread of its own drives libcurl's multi interface), its configuration,
// proxy settings, and errors that say in words what to do.
//
// What may not live here: any knowledge of what is asked or answered. This room imports nothing of ours but
// the system library, never retries (the caller knows what is safe to repeat), never follows a redirect, and
// never speaks plain HTTP, except to this very machine where a test explicitly allows it.
