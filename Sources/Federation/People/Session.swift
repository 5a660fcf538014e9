import CanonicalJSON

/// `POST /v1/session`: a person signs in.
public struct SignInRequest: Sendable, JSONEncodable, JSONDecodable {
    /// The user's name.
    public var user: String
    /// The password. Never logged, never stored.
    public var password: String

    /// Creates a request.
    public init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object(allowing: ["user", "password"])
        user = try object.required("user").string(maxLength: 64)
        password = try object.required("password").string(maxLength: 1_024)
    }

    public var json: JSONValue { ["user": .string(user), "password": .string(password)] }
}

/// A person as the coordinator knows them.
public struct PersonSummary: Sendable, Hashable, JSONEncodable, JSONDecodable {
    /// The user's name.
    public var user: String
    /// `researcher`, `consortium-lead`, `administrator`, `observer`.
    public var role: String
    /// The name to show.
    public var displayName: String

    /// Creates a summary.
    public init(user: String, role: String, displayName: String) {
        self.user = user
        self.role = role
        self.displayName = displayName
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object()
        user = try object.required("user").string(maxLength: 64)
        role = try object.required("role").string(maxLength: 64)
        displayName = try object.required("displayName").string(maxLength: 200)
    }

    public var json: JSONValue {
        ["user": .string(user), "role": .string(role), "displayName": .string(displayName)]
    }
}

/// The answer to a sign-in: a bearer token, once.
public struct SessionGrant: Sendable, JSONEncodable, JSONDecodable {
    /// The bearer token.
    public var token: String
    /// When it ends.
    public var expires: Timestamp
    /// Who is signed in.
    public var person: PersonSummary

    /// Creates a grant.
    public init(token: String, expires: Timestamp, person: PersonSummary) {
        self.token = token
        self.expires = expires
        self.person = person
    }

    public init(from json: JSONReader) throws(JSONError) {
        let object = try json.object()
        token = try object.required("token").string(maxLength: 200)
        expires = try object.required("expires").decode(Timestamp.self)
        person = try object.required("person").decode(PersonSummary.self)
    }

    public var json: JSONValue { ["token": .string(token), "expires": expires.json, "person": person.json] }
}
