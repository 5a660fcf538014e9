import CanonicalJSON
import Cohorts
import Federation

extension RequestDesk.Item: JSONEncodable {
    /// `dure.request/1`: what a person reads about a request, for other programs.
    public var json: JSONValue {
        var object: JSONObject = [
            "schema": "dure.request/1", "ticket": ticket.id.json, "query": ticket.query.json,
            "state": .string(request.state.rawValue), "standing": .string(standing), "decision": .string(request.decision),
            "why": .array(request.why.map(JSONValue.string)), "held": request.held.json, "expires": request.expires.json,
            "project": ticket.project.json, "mode": .string(ticket.mode.rawValue), "question": ticket.question.json,
            "questionHash": ticket.questionHash.json,
            "approvals": .array(
                request.approvals.map {
                    ["person": .int(Int($0.person.uid)), "at": $0.at.json, "payload": $0.payload.json]
                }),
        ]
        if let due = request.due { object["due"] = due.json }
        if let decline = request.decline { object["decline"] = .string(decline.rawValue) }
        return .object(object)
    }
}
