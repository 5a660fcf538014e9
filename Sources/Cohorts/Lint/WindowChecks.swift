import CanonicalJSON

/// A window whose end lies before its start.
enum ContradictoryWindow: LintCheck {
    static let name = "contradictoryWindow"
    static let severity = LintSeverity.error

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.counted.flatMap { [$0.startWindow, $0.endWindow].compactMap { $0 } }.filter { isEmpty($0) }.map {
            LintHit(
                $0.pointer, en: "The window ends before it begins; nothing can match.",
                ko: "구간의 끝이 시작보다 앞서 아무 기록도 해당되지 않습니다.")
        }
    }

    private static func isEmpty(_ window: Window) -> Bool {
        if let start = window.start.minuteOffset, let end = window.end.minuteOffset { return end < start }
        if let start = window.start.offset, let end = window.end.offset { return end < start }
        // Without days a start after the index is the end of observation, and an end before it the start of observation.
        return window.start.days == nil && window.start.coefficient != -1 && window.end.days == nil
            && window.end.coefficient == -1
    }
}

/// A window on the end of events that have one day only: their end is the day after, so "up to day 0" misses the index day.
enum EndWindowOnOneDay: LintCheck {
    static let name = "endWindowOnOneDay"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.counted.compactMap { counted in
            guard let window = counted.endWindow, counted.criterion.domain.isOneDay, window.eventDate == .end,
                window.indexDate == .start, window.end.offset == 0
            else { return nil }
            let domain = counted.criterion.domain
            return LintHit(
                window.pointer,
                en: "A \(domain.name(.english)) ends the day after it happens, so this window misses the index day itself.",
                ko: "\(Korean.with(domain.name(.korean), .topic)) 시행 다음 날 끝나는 것으로 처리되어, 이 구간은 기준일 당일을 포함하지 않습니다.")
        }
    }
}

/// `RestrictVisit` where events have no visit.
enum VisitlessRestriction: LintCheck {
    static let name = "visitlessRestriction"
    static let severity = LintSeverity.error

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.counted.filter { $0.restrictVisit && !$0.criterion.domain.hasVisit }.map {
            LintHit(
                $0.pointer.appending("RestrictVisit"),
                en: "A \(($0.criterion.domain.name(.english))) belongs to no visit, so it never falls in the same visit.",
                ko: "\(Korean.with($0.criterion.domain.name(.korean), .topic)) 방문과 연결되지 않으므로 같은 방문으로 제한하면 해당 기록이 없습니다.")
        }
    }
}

/// A death looked for before the index date.
enum DeathBeforeIndex: LintCheck {
    static let name = "deathBeforeIndex"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.counted.filter { counted in
            let window = counted.startWindow
            guard counted.criterion.domain == .death, !counted.occurrence.acceptsNone else { return false }
            if let end = window.end.offset { return end < 0 }
            return window.end.coefficient == -1 && window.end.days == nil
        }.map {
            LintHit(
                $0.startWindow.pointer, en: "A death is looked for before the index date.",
                ko: "기준일 이전의 사망을 찾고 있습니다.")
        }
    }
}

/// A window that looks further back than the observation that is asked for.
enum ShortLookback: LintCheck {
    static let name = "shortLookback"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        let observed = walk.expression.primaryCriteria.observationWindow.priorDays
        return walk.counted.compactMap { counted in
            let window = counted.startWindow
            guard !counted.ignoreObservationPeriod, counted.occurrence.acceptsNone, window.indexDate == .start,
                let start = window.start.offset, -start > observed
            else { return nil }
            return LintHit(
                window.pointer,
                en:
                    "Absence is asked over \(-start) days before the index date, but only \(observed) days of prior observation are "
                    + "required; persons observed for less count as free of it.",
                ko: "기준일 전 \(-start)일 동안 기록이 없어야 하지만 사전 관찰은 \(observed)일만 요구합니다. 관찰이 더 짧은 환자도 기록이 없는 것으로 봅니다.")
        }
    }
}

/// Nested criteria bring the observation period back in.
enum NestedObservationPeriod: LintCheck {
    static let name = "nestedObservationPeriod"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.counted.filter { $0.ignoreObservationPeriod && !($0.criterion.correlated?.isEmpty ?? true) }.map {
            LintHit(
                $0.pointer.appending("IgnoreObservationPeriod"),
                en:
                    "Events outside observation are allowed here, but nested criteria need the event to lie in an observation period.",
                ko: "관찰기간 밖의 기록을 허용했지만, 중첩 조건이 있으면 해당 기록이 관찰기간 안에 있어야 합니다.")
        }
    }
}

/// Hours, which other tools do not read.
enum HoursExtension: LintCheck {
    static let name = "hoursExtension"
    static let severity = LintSeverity.information

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        let windows = walk.counted.flatMap { [$0.startWindow, $0.endWindow].compactMap { $0 } }
        return windows.filter(\.usesHours).map {
            LintHit(
                $0.pointer, en: "This window is in hours. Other tools use its days; so does a hospital without times.",
                ko: "이 구간은 시간 단위입니다. 다른 도구와 시각 정보가 없는 병원에서는 일 단위 값을 사용합니다.")
        }
    }
}

/// A demand that always or never holds.
enum MeaninglessCount: LintCheck {
    static let name = "meaninglessCount"
    static let severity = LintSeverity.warning

    static func hits(in walk: DefinitionWalk) -> [LintHit] {
        walk.counted.compactMap { counted in
            let occurrence = counted.occurrence
            let place = counted.pointer.appending("Occurrence")
            if occurrence.kind == .atLeast, occurrence.count <= 0 {
                return LintHit(
                    place, en: "At least \(occurrence.count) always holds.", ko: "최소 \(occurrence.count)회 조건은 항상 만족됩니다.")
            }
            guard occurrence.kind != .atLeast, occurrence.count < 0 else { return nil }
            return LintHit(place, en: "No count is below zero; this never holds.", ko: "횟수는 0보다 작을 수 없으므로 만족될 수 없습니다.")
        }
    }
}
