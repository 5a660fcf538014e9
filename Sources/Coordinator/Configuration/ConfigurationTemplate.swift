import Federation

/// The commented `coordinator.yaml` that `init` writes: the documentation of every setting is the file itself.
enum ConfigurationTemplate {
    static func text(_ configuration: CoordinatorConfiguration) -> String {
        """
        # The configuration of dure-coordinator. Every key is here; an unknown key is an error, and so is one twice.
        # A line that begins with # is a setting at its standard value, or one that is not set.
        # After a change: `dure-coordinator run --check` tells what is wrong; then restart the service.
        schema: dure.coordinator/1

        consortium:
          id: \(quoted(configuration.consortiumID))                # a short name, as in the roster
          name_ko: \(quoted(configuration.consortiumName.ko ?? configuration.consortiumName.text("ko")))
          name_en: \(quoted(configuration.consortiumName.en ?? configuration.consortiumName.text("en")))

        listen:
          nodes:                                # hospitals' nodes: mutual TLS, certificates of the consortium's own CA
            host: \(quoted(configuration.nodes.host))
            port: \(configuration.nodes.port)
          people:                               # people, and nodes that enrol: TLS
            host: \(quoted(configuration.people.host))
            port: \(configuration.people.port)
          # DNS names and IPv4 addresses under which this machine is reached. They go into the server certificate;
          # a change takes effect at the next start.
          hosts: [\(configuration.hosts.map(quoted).joined(separator: ", "))]
          # What enrolled nodes connect to, where it is not https://<first of hosts>:<port of nodes>.
          # nodes_url: "https://nodes.example.org:7443"
          # A certificate from elsewhere for the people's listener (PEM, leaf first). Both or neither.
          # people_certificate_file: "/etc/dure/people.pem"
          # people_key_file: "/etc/dure/people.key"
          # Metrics for Prometheus at http://127.0.0.1:<port>/metrics, for this machine alone. No number in them comes from
          # patients. Without it there are none.
          # metrics_port: 9464

        queries:
          hours: \(configuration.queryHours)                            # a question is answered within so many hours, or expires
          lease_seconds: \(configuration.leaseSeconds)                     # a node acknowledges a ticket within so many seconds, or it is offered again
          longest_poll_seconds: \(configuration.longestPoll)              # keep below the read timeout of every proxy on the way
          tickets_per_poll: \(configuration.ticketsPerPoll)                   # 1 to 100
          # The smallest count and the rounding base that tickets ask for, in patients. A hospital's policy can only be stricter.
          # wish_threshold: 11
          # wish_round_to: 5

        people:
          session_hours: \(configuration.sessionHours)                     # then a person signs in again

        nodes:
          certificate_days: \(configuration.certificateDays)                  # nodes renew at two thirds of it
          silent_after_seconds: \(configuration.silentAfter)             # without contact for so long, a node is shown as silent

        limits:
          node_body_kb: \(configuration.limits.nodeBody >> 10)                    # largest body of a node's request
          people_body_kb: \(configuration.limits.peopleBody >> 10)                  # largest body of a person's request
          body_seconds: \(configuration.limits.bodySeconds)                      # longest time to send a body
          idle_seconds: \(configuration.limits.idleSeconds)                      # longest time between requests, or to send headers
          connections: \(configuration.limits.connections)                     # open at a time, each listener
          requests_per_node: \(configuration.limits.requestsPerNode)                  # at a time, the long poll included
          requests_per_address: \(configuration.limits.requestsPerAddress)              # at a time, on the people's listener

        log:
          level: \(configuration.logLevel)                           # trace, debug, info, notice, warning, error, critical

        """
    }

    /// A double-quoted YAML text.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: " ") + "\""
    }
}
