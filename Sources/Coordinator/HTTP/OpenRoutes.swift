import CanonicalJSON
import Federation
import HTTPTypes
import Hummingbird
import NIOCore

/// What is asked before anybody is known: health, the consortium's certificate, enrolment, signing in.
struct OpenRoutes: Sendable {
    let readiness: Readiness
    let enrolment: EnrolmentDesk
    let signIn: SignInDesk
    let keys: ConsortiumKeys
    let body: JSONBody
    let clock: CoordinatorClock
    let serverCertificateExpires: @Sendable () -> Timestamp
    let nodesURL: @Sendable () -> String

    func add(to router: Router<PeopleContext>) {
        router.get("healthz", use: healthz)
        router.get("readyz", use: readyz)
        router.get("v1/ca", use: authority)
        router.post("v1/enrolments", use: enrol)
        router.post("v1/session", use: openSession)
    }

    /// `GET /healthz`: the process lives.
    @Sendable private func healthz(_: Request, _: PeopleContext) async throws -> Response {
        JSONResponse.make(["status": "ok", "version": .string(CoordinatorRoom.version)])
    }

    /// `GET /readyz`: it can do its work.
    @Sendable private func readyz(_: Request, _: PeopleContext) async throws -> Response {
        let isWritable = await readiness.isWritable()
        let isCertified = serverCertificateExpires() > clock.now.adding(7 * 86_400)
        return JSONResponse.make(
            [
                "state": isWritable ? "writable" : "not-writable",
                "certificate": isCertified ? "valid" : "ends within 7 days",
            ],
            status: isWritable && isCertified ? .ok : .serviceUnavailable)
    }

    /// `GET /v1/ca`: the certificate to trust (PEM), once its fingerprint was compared with an enrolment code or by telephone.
    @Sendable private func authority(_: Request, _: PeopleContext) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/x-pem-file", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: keys.authorityPEM)))
    }

    /// `POST /v1/enrolments`
    @Sendable private func enrol(_ request: Request, _ context: PeopleContext) async throws -> Response {
        let document = try await body.message(SignedDocument.self, of: request)
        let grant = try await enrolment.enrol(document, from: context.address, nodesURL: nodesURL())
        return JSONResponse.make(grant.json, status: .created)
    }

    /// `POST /v1/session`
    @Sendable private func openSession(_ request: Request, _ context: PeopleContext) async throws -> Response {
        let asked = try await body.message(SignInRequest.self, of: request)
        let (caller, made) = try await signIn.signIn(
            login: asked.user, password: asked.password, address: context.address)
        let grant = SessionGrant(token: made.secret, expires: made.credential.expiresAt, person: caller.summary)
        return JSONResponse.make(grant.json, status: .created)
    }
}

extension Caller {
    /// The person as others are told.
    var summary: PersonSummary { PersonSummary(user: login, role: role.rawValue, displayName: displayName) }
}
