import CanonicalJSON
import Federation
import HTTPTypes
import Hummingbird

/// What signed-in people can ask about themselves, the projects, the hospitals and the roster.
struct PeopleRoutes: Sendable {
    let credentials: CredentialRegister
    let projects: ProjectRegister
    let nodes: NodeRegister
    let rosters: RosterRegister
    let catalogues: CatalogueRegister
    let clock: CoordinatorClock
    let body: JSONBody
    /// After so many seconds without contact a node counts as silent.
    let silentAfter: Int

    func add(to router: RouterGroup<PeopleContext>) {
        router.delete("session", use: closeSession)
        router.get("me", use: me)
        router.get("tokens", use: tokens)
        router.post("tokens", use: makeToken)
        router.delete("tokens/{id}", use: revokeToken)
        router.get("projects", use: listProjects)
        router.get("nodes", use: listNodes)
        router.get("roster", use: roster)
        router.get("catalogues", use: listCatalogues)
        router.get("catalogues/{id}", use: catalogue)
    }

    /// `DELETE /v1/session`: signs out; a token used here ends too.
    @Sendable private func closeSession(_: Request, _ context: PeopleContext) async throws -> Response {
        let caller = try context.caller
        try await credentials.revoke(caller.credential, of: caller.person, by: .person(caller))
        return JSONResponse.noContent
    }

    /// `GET /v1/me`
    @Sendable private func me(_: Request, _ context: PeopleContext) async throws -> Response {
        let caller = try context.caller
        try Authorization.require(.seeSelf, of: caller)
        guard case .object(var object) = caller.summary.json else { return JSONResponse.noContent }
        object["scopes"] = .array(caller.scopes.sorted().map { .string($0.rawValue) })
        return JSONResponse.make(.object(object))
    }

    /// `GET /v1/tokens`
    @Sendable private func tokens(_: Request, _ context: PeopleContext) async throws -> Response {
        let caller = try context.caller
        try Authorization.require(.manageOwnTokens, of: caller)
        let tokens = try await credentials.tokens(of: caller.person)
        return JSONResponse.make(["tokens": .array(tokens.map(\.json))])
    }

    /// `POST /v1/tokens`: only for somebody who signed in, and never wider than that session.
    @Sendable private func makeToken(_ request: Request, _ context: PeopleContext) async throws -> Response {
        let caller = try context.caller
        try Authorization.require(.manageOwnTokens, of: caller)
        let asked = try await body.message(TokenRequest.self, of: request)
        try Authorization.requireMayGrant(asked.scopes, of: caller)
        let made = try await credentials.makeToken(
            login: caller.login, label: asked.label, scopes: asked.scopes, seconds: Int64(asked.days) * 86_400,
            by: .person(caller))
        guard case .object(var object) = made.credential.json else { return JSONResponse.noContent }
        object["token"] = .string(made.secret)
        return JSONResponse.make(.object(object), status: .created)
    }

    /// `DELETE /v1/tokens/{id}`
    @Sendable private func revokeToken(_: Request, _ context: PeopleContext) async throws -> Response {
        let caller = try context.caller
        try Authorization.require(.manageOwnTokens, of: caller)
        try await credentials.revoke(context.parameters["id"].map(String.init) ?? "", of: caller.person, by: .person(caller))
        return JSONResponse.noContent
    }

    /// `GET /v1/projects`
    @Sendable private func listProjects(_: Request, _ context: PeopleContext) async throws -> Response {
        let now = clock.now
        let visible = try await projects.visible(to: try context.caller)
        return JSONResponse.make(["projects": .array(visible.map { $0.summary(at: now).json })])
    }

    /// `GET /v1/nodes`: every hospital of the roster and every enrolled node; a hospital that never enrolled is listed as such.
    @Sendable private func listNodes(_: Request, _ context: PeopleContext) async throws -> Response {
        let caller = try context.caller
        try Authorization.require(.seeNodes, of: caller)
        let now = clock.now
        let summaries = NodeSummary.list(
            try await nodes.list(), roster: try await rosters.current()?.roster, now: now, silentAfter: silentAfter)
        let shown = caller.role.seesWhenNodesWork ? summaries : summaries.map(\.withoutWorkingTimes)
        return JSONResponse.make(["nodes": .array(shown.map(\.json)), "time": now.json])
    }

    /// `GET /v1/catalogues`: which hospitals have published one, and when.
    @Sendable private func listCatalogues(_: Request, _ context: PeopleContext) async throws -> Response {
        try Authorization.require(.seeNodes, of: try context.caller)
        let entries = try await catalogues.entries()
        return JSONResponse.make([
            "catalogues": .array(
                entries.map { ["node": $0.hospital.json, "issued": $0.issued.json, "digest": $0.digest.json] })
        ])
    }

    /// `GET /v1/catalogues/{id}`: the last one of a hospital, in the bytes that it signed.
    @Sendable private func catalogue(_: Request, _ context: PeopleContext) async throws -> Response {
        try Authorization.require(.seeNodes, of: try context.caller)
        let hospital = try context.parameters.identifier(HospitalID.self)
        guard let document = try await catalogues.last(of: hospital) else {
            throw CoordinatorError(
                .notFound, "\(hospital) has published no catalogue.", advice: "Its policy decides whether it does.")
        }
        return JSONResponse.make(document.json)
    }

    /// `GET /v1/roster?as-of=2026-11-22`
    @Sendable private func roster(_ request: Request, _ context: PeopleContext) async throws -> Response {
        try Authorization.require(.seeRoster, of: try context.caller)
        let text = request.uri.queryParameters["as-of"].map(String.init) ?? clock.now.day
        guard let day = CalendarDay(text) else {
            throw CoordinatorError(.badRequest, "The parameter as-of is not a day like 2026-11-22.")
        }
        guard let version = try await rosters.current() else {
            throw CoordinatorError(.notFound, "No roster was loaded.", advice: "`dure-coordinator roster load FILE`")
        }
        return JSONResponse.make([
            "roster": version.roster.json, "digest": version.roster.digest.json, "asOf": day.json,
            "members": .array(version.roster.members(on: day).map(\.json)),
        ])
    }
}

/// `POST /v1/tokens`
struct TokenRequest: Sendable, JSONDecodable {
    let label: String
    let scopes: Set<Scope>
    let days: Int

    init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["label", "scopes", "days"])
        label = try object.required("label").nonEmptyString(maxLength: 100)
        var scopes: Set<Scope> = []
        for scope in try object.required("scopes").array(maxCount: 10) { scopes.insert(try scope.choice(Scope.self)) }
        guard !scopes.isEmpty else { throw try object.required("scopes").fail(.badValue, "needs at least one scope") }
        self.scopes = scopes
        days = try object.required("days").int(in: 1...366)
    }
}

extension Timestamp {
    /// The beginning of the span of so many seconds that this moment lies in.
    fileprivate func cut(to span: Int64) -> Timestamp { Timestamp(seconds - seconds % span) }
}

extension Credential {
    /// The credential in a list.
    var json: JSONValue {
        [
            "id": .string(id), "label": .string(label), "scopes": .array(scopes.sorted().map { .string($0.rawValue) }),
            "created": createdAt.json, "expires": expiresAt.json,
        ]
    }
}

extension NodeSummary {
    /// The summary without what tells when the node answered or what it has to do: whoever watches that beside the rows of a
    /// coded result would know whose row has just come. Times are cut to the hour or the day, and nothing is said to be waiting.
    var withoutWorkingTimes: NodeSummary {
        var summary = self
        summary.lastAnswer = nil
        summary.lastContact = lastContact?.cut(to: 3_600)
        if var health {
            health.time = health.time.cut(to: 86_400)
            health.waiting = 0
            summary.health = health
        }
        return summary
    }

    /// Every hospital that is a member today, or that has a node, by identifier.
    static func list(_ records: [NodeRecord], roster: Roster?, now: Timestamp, silentAfter: Int) -> [NodeSummary] {
        let byHospital = Dictionary(records.map { ($0.hospital, $0) }) { first, _ in first }
        let members = CalendarDay(now.day).flatMap { roster?.members(on: $0) } ?? []
        return Set(members).union(byHospital.keys).sorted().map { hospital in
            let record = byHospital[hospital]
            return NodeSummary(
                node: hospital, name: roster?.name(of: hospital),
                standing: record?.standing(at: now, silentAfter: silentAfter) ?? .notEnrolled,
                lastContact: record?.lastContact, lastAnswer: record?.lastAnswer, health: record?.health)
        }
    }
}
