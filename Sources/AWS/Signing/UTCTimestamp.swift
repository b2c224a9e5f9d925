package import FoundationEssentials

/// A point in time as SigV4 writes it: `yyyyMMdd'T'HHmmss'Z'` in UTC, fractions of a second cut off.
///
/// Own arithmetic, since a formatter costs more than all the rest of a signature. Days are turned into a date by
/// the algorithm of https://howardhinnant.github.io/date_algorithms.html#civil_from_days.
package struct UTCTimestamp {
    /// Sixteen ASCII characters.
    package let text: String

    /// The first eight characters: the date of the credential scope.
    package var date: Substring { text.prefix(8) }

    /// Years outside 0 to 9999, which no request of ours can have, are clamped.
    package init(_ time: Date) {
        let seconds = Int(time.timeIntervalSince1970.rounded(.down).clamped(to: -62_167_219_200...253_402_300_799))
        let day = Self.floorDivide(seconds, 86_400)
        let second = seconds - day * 86_400
        let shifted = day + 719_468  // days since 0000-03-01
        let era = Self.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        text = String(unsafeUninitializedCapacity: 16) { bytes in
            func write(_ value: Int, at start: Int, digits: Int) {
                var value = value
                for position in stride(from: start + digits - 1, through: start, by: -1) {
                    bytes[position] = UInt8(ascii: "0") + UInt8(value % 10)
                    value /= 10
                }
            }
            write(year, at: 0, digits: 4)
            write(month, at: 4, digits: 2)
            write(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, at: 6, digits: 2)
            bytes[8] = UInt8(ascii: "T")
            write(second / 3600, at: 9, digits: 2)
            write(second / 60 % 60, at: 11, digits: 2)
            write(second % 60, at: 13, digits: 2)
            bytes[15] = UInt8(ascii: "Z")
            return 16
        }
    }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        value >= 0 ? value / divisor : (value - divisor + 1) / divisor
    }
}

extension Double {
    fileprivate func clamped(to limits: ClosedRange<Double>) -> Double {
        Swift.min(Swift.max(self, limits.lowerBound), limits.upperBound)
    }
}
