// Disclosure: what may leave a hospital, and nothing else.
//
// Lives here: the count types (Counts), a hospital's rules (Rules), the release gate (Gate), the protection of tables (Tables),
// the ledger of what was released (Ledger), the catalogue (Catalogue), consortium totals and sketches (Totals) and the merging of
// answers (Merging).
// May not live here: clocks, files, networks, cryptography, and any knowledge of what a patient record looks like. Keyed
// randomness comes in as a `StickyKey`. So every rule can be tested by itself and read in an afternoon.
//
// Read `ReleaseGate.plan` first. Its order is fixed:
//
//   tier lock and the project's cap (ReleaseGate.admit)    decided by what is asked, before anything is evaluated
//   -> branch support (BranchSupport, with the engine)     criteria that a few patients stand behind are ignored
//   -> total, then attrition from the last step back       CountRelease:
//        fewer than k + delta?                              hidden
//        within k + delta of released sets?                 their value, nothing recorded
//        patients exposed enough?                           hidden
//        otherwise                                          rounded, recorded
//   -> breakdown                                           TableRelease:
//        cells small, near released sets or overexposed     hidden for themselves
//        TableProtection                                    hidden to protect those
//        otherwise                                          rounded, recorded
//
// Defaults, and why:
//
//   threshold 11            no count of 1 to 10 is shown: what the strictest published rules ask (1 to 10 hidden, groups of 11)
//   zero merge              "nobody" is knowledge about everybody in the group, so 0 looks like 1 to 10
//   offset 4                the ledger's threshold is k + 0...4 by a key and the set: somebody who knows k - 1 members of a
//                           group cannot rely on the step from hidden to shown. Decisions agree with each other (OffsetVerdicts)
//   roundTo 5, sticky       unbiased, the same for the same set, and drawn only after the ledger has replaced near-equal sets
//                           by one: rounding by itself is an equality test
//   smallest shown 20       it stands for k to 2k and more: were it 15, for 11 to 19, a shown group inside one of 15 would
//                           tell that they differ by at most 8
//   ledger on               without it any pair of questions that differ by one patient tells that patient's answer
//   branch support on       questions that name patients one by one are answered as if those branches were not there
//   exposureCap 0.2         many questions about few patients rebuild their records whatever each answer looks like
//   releasesPerProject 500  one project cannot use up the exposure of everybody else's patients
//
// What remains (the security officer's page, nodes/DISCLOSURE.md, says it in plain words):
//
//   - Somebody who knows k - 1 members of a group for certain learns about the next one: with one such group one time in five,
//     with ten groups about nine times in ten. Every threshold system has this.
//   - Whoever knows all questions, and so often whose a known number is, knows that at most k + d - 1 patients make the difference.
//     Several such conclusions about overlapping groups can leave fewer than k numbers for a small group (attack 26, --told).
//   - "Hidden or shown" is itself one bit about a group. Branch support keeps it to groups that criteria can describe; the
//     codes inside one concept set are not branches.
//   - A question of n criteria is answered for a group that differs from the described one by up to n (k - 1) patients, and says
//     so in its low and high.
//   - The general search of the ledger (tier 3) looks at the newest 1,024 released sets; one and two sets are compared with
//     all. Its small remainder is solved greedily and not by a linear program.
//   - Tables of one cohort by different dimensions are protected together (JointTable); tables of different cohorts that overlap
//     are compared as sets by the ledger, not by a common linear program.
//   - Where a policy shows zeros, an attacker knows that a hidden cell is mostly not zero: intervals then start at 1.
//   - Intervals are certified for an attacker who allows fractions; one who knows that patients are whole can very rarely
//     narrow them further (5 of 20,337 random cases, by half a patient).
//   - Every shown number may be that of a group that differs by up to k + d - 1 patients, and says so in its low and high.
