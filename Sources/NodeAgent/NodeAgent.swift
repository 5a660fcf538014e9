// NodeAgent: the hospital's side.
//
// A ticket's way through this room, which is also the order of its folders:
//
//   Configuration/  node.yaml and policy.yaml, read strictly: what is not understood stops the node
//   Link/           the long poll, and everything else that is said to the coordinator
//   State/          what survives kill -9: the spool, the releases, the audit log, keys, the lock
//   Policy/         may this be answered? small rules that say yes, or no with a code
//   Answering/      evaluate, release through the gate, sign, store, and only then send
//   Enrolment/      from a one-time code to a certificate, and its renewal
//   Report/         status, health, doctor, preview: what a person or the coordinator is told about the node
//   Service/        the daemon that runs all of it, logs and the service manager's protocol
//
// What may not live here: an HTTP server or anything of NIO (a hospital reviews a small program), anything of the
// coordinator's, and any way for an exact count to leave: exact values are seen by `Answering` on their way into the
// release gate, and by `Report/Preview` on a terminal.
