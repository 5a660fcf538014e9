/// A value of a CSV file as it goes into the store.
enum ImportedValue {
    case null
    case integer(Int64)
    case number(Double)
    /// Valid UTF-8, alive while the record is.
    case text(UnsafeBufferPointer<UInt8>)
    /// A day, with the second of the day for moments.
    case day(Int32, second: Int32?)
}

/// Why a field is no value of its column.
enum ImportedValueFault: Hashable {
    case notWhole, notNumber, notDate, notUTF8, zeroByte

    var what: String {
        switch self {
        case .notWhole: "no whole number"
        case .notNumber: "no number"
        case .notDate: "no date"
        case .notUTF8: "not valid UTF-8"
        case .zeroByte: "a zero byte in text"
        }
    }

    var advice: String {
        switch self {
        case .notWhole, .notNumber: "Mend the value in the file"
        case .notDate: "Write dates as 2026-11-22 and moments as 2026-11-22 13:05:00"
        case .notUTF8: "Korean files are often CP949: convert them first (iconv -f CP949 -t UTF-8 FILE > NEW)"
        case .zeroByte: "The file is damaged or written in UTF-16: convert it first"
        }
    }
}

/// Turns the bytes of a field into a value of its column.
struct ValueConverter {
    let type: CDMType
    /// How numbers in a date column are read.
    let numbers: DateNumber?

    /// The value, or why there is none. `onFraction` is called for whole numbers written with a fraction (1.0).
    func value(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<ImportedValue, Fault> {
        guard !bytes.isEmpty else { return .success(.null) }
        switch type {
        case .integer: return integer(bytes)
        case .number:
            return words(bytes) { NumberText.double($0).map(ImportedValue.number) } ?? .failure(Fault(.notNumber))
        case .text: return text(bytes)
        case .date: return date(bytes)
        case .datetime: return date(bytes)
        }
    }

    /// An error that carries the fault.
    struct Fault: Error {
        let fault: ImportedValueFault
        init(_ fault: ImportedValueFault) { self.fault = fault }
    }

    private func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<ImportedValue, Fault> {
        // Nearly every field of a CDM file is a short run of digits.
        var value: Int64 = 0
        var isPlain = bytes.count <= 18
        for byte in bytes where isPlain {
            let digit = byte &- UInt8(ascii: "0")
            isPlain = digit < 10
            value = value &* 10 &+ Int64(digit)
        }
        if isPlain { return .success(.integer(value)) }
        return words(bytes) { NumberText.int64(String(NumberText.trim($0))).map(ImportedValue.integer) }
            ?? .failure(Fault(.notWhole))
    }

    private func date(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<ImportedValue, Fault> {
        if let read = DateText(bytes) {
            return .success(.day(read.day, second: type == .datetime ? read.secondOfDay : nil))
        }
        return words(bytes) { text -> ImportedValue? in
            guard let numbers, let number = NumberText.double(text), let day = numbers.day(number) else { return nil }
            let minute = type == .datetime ? numbers.minute(number, hasFraction: text.contains(".")) : nil
            return .day(day, second: minute.map { Int32(($0 - Int64(day) * 1440) * 60) })
        } ?? .failure(Fault(.notDate))
    }

    private func text(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<ImportedValue, Fault> {
        var all: UInt8 = 0
        for byte in bytes {
            if byte == 0 { return .failure(Fault(.zeroByte)) }
            all |= byte
        }
        guard all < 0x80 || String(validating: bytes, as: UTF8.self) != nil else { return .failure(Fault(.notUTF8)) }
        return .success(.text(bytes))
    }

    /// The value of a field that is not in its plainest form; NULL for the words that exports write for it; nil if none.
    private func words(
        _ bytes: UnsafeBufferPointer<UInt8>, _ read: (String) -> ImportedValue?
    ) -> Result<ImportedValue, Fault>? {
        let text = String(decoding: bytes.prefix(80), as: UTF8.self)
        if StoredValue.isAbsent(text) { return .success(.null) }
        return read(text).map { .success($0) }
    }
}
