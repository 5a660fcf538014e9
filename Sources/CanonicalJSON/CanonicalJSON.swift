// CanonicalJSON: JSON text in and out, for everything that crosses a wire or lies in a file.
//
// What lives here: values that lose nothing (`JSONValue`: order of members and number lexemes are kept), a parser that
// assumes a hostile author (`JSONLimits`), readers that say where something is wrong (`JSONReader`, `JSONPointer`), and the
// canonical form of RFC 8785 that is hashed and signed (`JSONValue.canonicalBytes()`).
//
// What may not: any knowledge of hospitals, cohorts or counts; files, clocks and networks; `Codable`. Types that travel write
// their own `JSONEncodable` and `JSONDecodable`, so that what leaves a hospital is what somebody wrote down on purpose.
