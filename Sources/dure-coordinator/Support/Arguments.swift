import ArgumentParser
import CanonicalJSON
import Coordinator
import Federation

extension HospitalID: ExpressibleByArgument {
    public init?(argument: String) { self.init(rawValue: argument) }
}

extension ProjectID: ExpressibleByArgument {
    public init?(argument: String) { self.init(rawValue: argument) }
}

extension CalendarDay: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Role: ExpressibleByArgument {}
extension Scope: ExpressibleByArgument {}
extension ReleaseMode: ExpressibleByArgument {}
extension ProjectStatement.PurposeClass: ExpressibleByArgument {}
