/// Korean particles, chosen by how the word before them ends when it is read aloud.
enum Korean {
    /// The pairs of particles: after a consonant, after a vowel.
    enum Particle {
        /// 을/를: the object.
        case object
        /// 이/가: the subject.
        case subject
        /// 은/는: the topic.
        case topic
        /// 과/와: and, with.
        case and
        /// 으로/로: by means of, towards.
        case direction
        /// 이나/나: or.
        case or
        /// 이다/다 and the like begin with 이 after a consonant.
        case copula
    }

    /// The word with its particle: `당뇨병을`, `검사를`, `HbA1c(3004410)을`.
    static func with(_ word: String, _ particle: Particle) -> String {
        let ending = ending(of: word)
        let closed = ending != .vowel
        switch particle {
        case .object: return word + (closed ? "을" : "를")
        case .subject: return word + (closed ? "이" : "가")
        case .topic: return word + (closed ? "은" : "는")
        case .and: return word + (closed ? "과" : "와")
        case .direction: return word + (ending == .consonant ? "으로" : "로")
        case .or: return word + (closed ? "이나" : "나")
        case .copula: return word + (closed ? "이" : "")
        }
    }

    enum Ending { case vowel, rieul, consonant }

    /// How a word ends: its last letter or digit counts, so that a code in brackets is read and the bracket is not.
    static func ending(of word: String) -> Ending {
        let letters = word.lowercased().unicodeScalars.reversed()
        var before: Unicode.Scalar?
        var last: Unicode.Scalar?
        for scalar in letters where scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "%" {
            if last == nil {
                last = scalar
            } else {
                before = scalar
                break
            }
        }
        return last.map { ending($0, after: before) } ?? .vowel
    }

    private static func ending(_ scalar: Unicode.Scalar, after before: Unicode.Scalar?) -> Ending {
        switch scalar.value {
        case 0xAC00...0xD7A3:
            // A Hangul syllable is initial × 588 + vowel × 28 + final; final 8 is ㄹ.
            switch (scalar.value - 0xAC00) % 28 {
            case 0: return .vowel
            case 8: return .rieul
            default: return .consonant
            }
        default: break
        }
        switch scalar {
        case "1", "7", "8", "l": return .rieul
        // 0 is 영, 십, 백, 천, 만 by its place: closed in each.
        case "0", "3", "6", "m", "n": return .consonant
        case "g": return before == "n" ? .consonant : .vowel
        default: return .vowel
        }
    }
}
