@_spi(Hospital) import Disclosure
import Federation

/// Whom a hospital puts into a sketch, on the way from the gate to the hashes.
struct SketchMembers: Sendable {
    /// One of the hospital's own patients.
    struct Patient: Sendable {
        /// The store's number.
        let id: Int64
        /// What stands for the patient where there is no identifier: 64 bits that follow from the node's secret.
        let own: UInt64
    }

    let patients: [Patient]
    /// Made-up persons.
    let madeUp: [UInt64]

    /// The members of a group.
    /// - Parameter ids: the store's number of each place in the ledger.
    init(_ group: SketchGroup, ids: [Int64], secret: NodeSecret) {
        switch group {
        case .madeUp(let bits): (patients, madeUp) = ([], bits)
        case .patients(let set):
            patients = set.members.map { place in
                Patient(id: ids[place], own: secret.draw("sketch/person", SetDigest(secret.patientKey(ids[place]))))
            }
            madeUp = []
        }
    }

    /// The sketch, salted for one total.
    /// - Throws: `NodeError` where the identifiers cannot be read.
    func sketch(
        _ key: LinkageKey, _ linkage: Linkage, of hospital: HospitalID, salt: SketchSalt
    ) throws(NodeError) -> DistinctSketch {
        let wanted = Set(patients.map(\.id))
        // Read whole in any case: whether the file is in order must not depend on who is asked about.
        let known = try linkage.identifiers(where: wanted.contains)
        do throws(DisclosureError) {
            var sketch = try DistinctSketch(precision: SealedSketch.precision)
            for patient in patients {
                let identity =
                    known[patient.id].map(LinkageKey.Identity.init(identifier:))
                    ?? LinkageKey.Identity(of: hospital, own: patient.own)
                sketch.insert(hash: key.hash(identity, salt: salt))
            }
            for bits in madeUp {
                sketch.insert(hash: key.hash(LinkageKey.Identity(of: hospital, own: bits), salt: salt))
            }
            return sketch
        } catch {
            throw NodeError(.integrity, error.message, advice: error.advice)
        }
    }
}
