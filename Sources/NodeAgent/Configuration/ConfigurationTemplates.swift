/// The commented files that `dure-node init` writes. `nodes/node.yaml` and `nodes/policy.yaml` are the same texts; a test
/// holds them together.
public enum ConfigurationTemplates {
    /// node.yaml with the three values that no default can guess.
    public static func node(hospital: String, store: String, coordinator: String) -> String {
        """
        # node.yaml: who this node is, whom it talks to and how, and what it answers from.
        #
        # Every key has a comment with its unit and its default. Unknown keys are errors, so that a typing error never goes
        # unnoticed. Words are quoted; numbers and true/false are not. Relative paths start from this file's folder.
        # After a change: `dure-node doctor`, then `systemctl reload dure-node`.
        schema: "dure.node/1"

        node:
          id: "\(hospital)"                 # this hospital's id in the consortium's roster
          # name_ko: "예시대학교병원"        # for people; optional
          # name_en: "Example University Hospital"
          language: "ko"                  # ko | en: the hospital's language (default ko)

        coordinator:
          url: "\(coordinator)"   # where this node enrols: the address in the invitation, https only
          # The fingerprint of the consortium's authority, as the operator reads it over the telephone (at least the first four
          # groups). Enrolment compares it with what the network shows; the one-time code carries it too.
          # fingerprint: "4C1A 9F20 77B3 0D51"

        transport:
          mode: "online"                  # online: the node dials out over HTTPS; nothing ever connects to it | courier: it opens no
                                            # connection at all; questions and answers are carried as files (`dure-node courier`)
          poll_seconds: 25                # seconds that the coordinator may hold a poll, 1 to 55 (default 25); keep it below the
                                          # read timeout of your proxy and firewall
          # Without this block, HTTPS_PROXY and NO_PROXY of the environment are used, if they are set.
          # proxy:
          #   url: "http://proxy.hospital.example:3128"   # http:// or https://, without user name and password
          #   username_file: "proxy-user"                 # a file that holds the user name, mode 0600; a bare name is looked
          #                                               # for among the credentials of the service first (LoadCredential=)
          #   password_file: "proxy-password"             # a file that holds the password, mode 0600
          #   no_proxy: ["localhost", "10.0.0.0/8", ".hospital.example"]
          tls:
            minimum: "1.3"                # 1.3 | 1.2: the oldest TLS version (default 1.3); 1.2 only where an inspecting proxy needs it
            # Authorities to trust besides the consortium's own: PEM files. Only for a proxy that inspects TLS, and only when your
            # security team confirms it. `dure-node doctor` names the authority that is in between.
            # extra_ca: ["hospital-inspection-ca.pem"]

        source:
          - id: "omop"                    # what the store is called in logs and answers
            kind: "sqlite"                # sqlite: an OMOP CDM v5.4 or v5.3 database file, opened read-only | postgresql | odbc
            path: "\(store)"           # the file
            # kind: "postgresql"          # a schema of a PostgreSQL server; it is read once for each refresh, never for a question
            # host: "cdm-db"              # a name, an address, or the folder of a Unix socket
            # port: 5432                  # default 5432
            # database: "omop"
            # schema_cdm: "cdm"           # the schema of the clinical tables
            # schema_vocabulary: "vocab"  # the schema of the vocabulary (default: schema_cdm)
            # user: "dure_reader"         # or user_file or user_credential (default: the name of the node's own user)
            # password_file: "db-password"        # a file whose first line is the password, mode 0600; or
            # password_credential: "db-password"  # a credential of the service: LoadCredential= of systemd
            # tls: "verify-full"          # disable | prefer | require | verify-ca | verify-full (default verify-full)
            # tls_ca: "db-ca.pem"         # the authority of the server's certificate
            # require_read_only: true     # an account that may change a table of the CDM is refused (default true)
            # statement_seconds: 14400    # seconds that one statement may run, 1 to 604800 (default 14400)
            # kind: "odbc"                # any database with an ODBC driver on this machine, SQL Server for one
            # connection: "Driver={ODBC Driver 18 for SQL Server};Server=cdm-db;Database=omop"   # without user and password
            # dialect: "sqlserver"        # sqlserver | postgresql | sqlite | generic (default: what the driver says); user,
                                          # password_..., schema_..., require_read_only and statement_seconds as above
            # data_release: "2026-10"     # the ETL's name for this load of the data (default: what `dure-node refresh finish`
                                          # was told, or else what the store says)
            synthetic: false              # true: the data is made up, and every answer, table and page says so (default false)

        # linkage:                        # how patients are known whom other hospitals treat too, for de-duplicated totals (totals.distinct
        #                                 # in policy.yaml); without it this hospital takes no part in them
        #   key_file: "linkage-key"               # 64 hexadecimal digits, the same at all hospitals and known to nobody else, mode
        #                                         # 0600; a bare name is looked for among the credentials of the service first
        #   identifiers_file: "identifiers.csv"   # CSV with the header person_id,identifier, one line a patient: the identifier by
        #                                         # which all hospitals know the patient, in the form that they agreed on

        refresh:
          max_drop_percent: 20            # percent, 0 to 100 (default 20): where a new load of the data has fewer persons, or rows or
                                          # persons of a table, by more than this, answers wait for `dure-node refresh confirm`

        limits:
          concurrent_queries: 2           # questions evaluated at one time, 1 to 16 (default 2)
          seconds_per_query: 120          # seconds of wall time for one question, 1 to 3600 (default 120); then it is called off
          memory_mb: 1024                 # MiB of working memory for one question, from 64 (default 1024)
          drain_seconds: 25               # seconds that running questions get to finish at a stop, 1 to 600 (default 25)

        metrics:
          # A file for the textfile collector of node_exporter, ending in .prom and written every 15 seconds (default: none). No
          # number in it comes from patients. Let the unit write there: ReadWritePaths= of `systemctl edit dure-node`.
          # textfile: "/var/lib/prometheus/node-exporter/dure-node.prom"

        """
    }

    /// policy.yaml
    public static let policy = """
        # policy.yaml: what this hospital answers, to whom, and in which form. The hospital's word: a coordinator's wish and a
        # project's entry below can only make it stricter, never looser.
        #
        # Unknown keys are errors, so that a typing error never loosens anything. Words are quoted; numbers and true/false are not.
        # Check with `dure-node policy lint`; `dure-node policy show` prints it as it is understood. Every answer carries its digest.
        schema: "dure.policy/1"

        version: 1                        # count it up with each change
        changed_by: "data-office"         # who changed it last: an office or a role
        reason: "first installation"      # why: the decision or its number

        defaults:
          # When an answer leaves. auto: at once, if the question passes every rule below | hold: after hold_hours, unless a person
          # declines before | manual: when persons have approved it, seeing exactly what leaves (`dure-node requests list`)
          mode: "auto"                    # default auto; a project below may have another word, sensitive concepts and classes only
                                          # a stricter one
          # hold_hours: 24                # with hold: hours, 1 to 720 (default 24)
          # approvers_needed: 2           # with hold and manual: how many different persons, 1 or 2 (default 1). A person is a user who
                                          # signed in to this machine
          unlisted_projects: "decline"    # decline | answer: what a project that is not listed below gets (default decline)

          # What a number may say (unit: patients).
          threshold: 11                   # counts below this are hidden, and 0 with them; 5 to 1000 (default 11, floor 5)
          offset: 4                       # up to this much more is hidden, drawn by the node's secret, against insiders who pad a
                                          # group to just below the threshold; 0 to 1000 (default 4)
          zero: "merge"                   # merge: 0 is hidden with the small counts (default) | show: 0 is shown as 0
          round_to: 5                     # counts are rounded to a multiple of this; 1 is no rounding (default 5)
          rounding: "sticky"              # sticky: unbiased, the same group always the same way (default) | half-up: to the nearest
          ledger: true                    # remember what was released, and answer what differs from it by fewer than the threshold
                                          # with the number already known (default true)
          branch_support: true            # ignore a criterion, or one side of an "or", without which the group changes by fewer
                                          # patients than the threshold (default true)
          exposure_cap: 0.2               # how much one patient may be exposed by the releases of one data release: the sum of
                                          # 1/size over the groups that hold the patient (default 0.2; smaller is stricter)
          releases_per_project: 500       # groups whose numbers are released for one project on one data release: a total, each
                                          # attrition step and a whole table count one each (default 500)
          # answers_per_day: 20           # different questions answered for one project in 24 hours (default: no limit)
          # answers_per_week: 50          # ... in seven days (default: no limit); repeating a question costs nothing

          # What an answer may hold.
          release_modes: ["named", "coded"]                 # named: with this hospital's name; coded: under a code of the query;
                                                            # secure-total: masked, in a sum over hospitals (needs totals below)
          outputs: ["total", "attrition", "breakdown"]      # total is always part of an answer
          breakdown_max_dimensions: 2     # 0 to 3: by how many of sex, age band, year or month, visit type, concept set at once (default 2)

          # Who may ask, what for, and about what (default: anybody, anything). A project below can only narrow it.
          # organisations: ["ORG-0007"]
          # purposes: ["protocol-feasibility"]            # protocol-feasibility, trial-site-selection, method-development,
                                                          # public-health, education
          # domains: ["condition", "drug", "measurement"] # also procedure, observation, device, visit, specimen, death, episode, payer,
                                                          # location: what a question may read
          # areas: ["endocrine"]          # areas defined below that every concept of a question must lie in

          # What a question may cost, and when it is worked on.
          max_criteria: 30                # criteria in a definition, nested ones included, 1 to 200 (default 30)
          max_concept_sets: 40            # concept sets in a definition, 1 to 200 (default 40)
          # answer_hours: ["20:00-07:00"] # questions wait outside these hours (default: every hour)
          # utc_offset_minutes: 540       # the clock that answer_hours speaks of, minutes before UTC (default 540: Korea)

        # Areas of concepts: each listed OMOP concept id with everything below it in this hospital's vocabulary.
        areas: []
        #  - id: "endocrine"
        #    concepts: [1, 2]

        # Concepts that are answered more strictly, with everything below them. A concept set meets them that names one, to take it
        # in or to leave it out, or that takes one in from above.
        sensitive: []
        #  - id: "mental-health"
        #    concepts: [3]
        #    mode: "manual"                            # hold, manual or decline; hold_hours and approvers_needed as above
        #    threshold: 20                             # counts below this are hidden, where they touch these concepts
        #    from_above: true                          # false: a set that takes them in from above ("any disease") does not count

        # Classes of questions with a stricter mode than the others. Every condition that stands there must hold.
        classes: []
        #  - id: "company"
        #    organisations: ["ORG-0031"]               # also projects, purposes, release_modes, domains, outputs, sensitive
        #    mode: "manual"
        #    approvers_needed: 2

        # Who may approve and decline, by their user names on this machine (default: whoever may work as the node's user).
        # desk:
        #   approvers: ["kim", "lee"]

        # How answers leave as files, where there is no network (`dure-node courier`).
        # courier:
        #   approvers_needed: 2           # different persons who say yes before a file leaves, 1 or 2 (default 2)
        #   max_pages: 40                 # printed pages of 60 lines a file may fill, 1 to 1000 (default 40)

        # What everybody in the consortium may know of the store as a whole: persons and records of each table, year and concept in coarse
        # bands (20 to 59, 50 to 119, 100 to 239, ...), nothing below; the share of unmapped records and the data-quality checks in bands. Sensitive
        # concepts are left out. `dure-node catalogue` shows it.
        catalogue:
          publish: false                # whether it leaves (default false)
          every_days: 30                # the least days between two of them, 7 to 365 (default 30)
          concepts: 500                 # concepts of a table that are listed at most, 0 to 1000 (default 500)

        # log:
        #   keep_years: 5                 # years that the audit log is kept, 2 to 100 (default 5)

        # What is agreed with each project. Each key but id may be left out; disclosure values may be set here too, stricter only.
        projects: []
        #  - id: "P-0042"
        #    organisations: ["ORG-0007"]               # who may ask under it (default: as in defaults)
        #    purposes: ["protocol-feasibility"]        # also domains and areas (default: as in defaults)
        #    from: "2026-12-01"                        # the first day, UTC (default: at once)
        #    until: "2026-12-31"                       # the last day, UTC (default: no end)
        #    mode: "manual"                            # in place of the defaults' mode; looser, too
        #    release_modes: ["named"]
        #    threshold: 20

        # Consortium totals: whose signatures on the list of hospitals and guardian are believed. Needed for "secure-total" above.
        # totals:
        #   officers: ["9a1c...", "77e0..."]    # public keys of the officers, 64 hexadecimal digits each; two must have signed
        #   minimum: 5                          # fewest hospitals in a total; 3 and 4 only where agreed in writing (default 5)
        #   kinds: ["guardian"]                 # who may open them: guardian, peers (the hospitals together) or both (default guardian)
        #   distinct: false                     # also a sketch of the patients, sealed for the guardian, so that patients of several
        #                                       # hospitals count once; needs linkage in node.yaml (default false)

        # Whoever stands here gets no answer, whatever else is said.
        blocked:
          projects: []
          organisations: []

        """
}
