/// The keys under which mid_registrar keeps its state in the key/values of contacts and AoRs (Spec/mid_registrar.md).
///
/// It sends no packets of its own. Which of the two levels carries a key depends on its working mode. The keys are the same
/// from 2.4 on.
public enum MidRegistrarKey: String, CaseIterable, Sendable {
    /// From URI.
    case from = "F"
    /// To URI.
    case to = "T"
    /// Request URI towards the main registrar.
    case requestURI = "ru"
    /// Next hop towards the main registrar.
    case nextHop = "hop"
    /// Call-ID.
    case callID = "CID"
    /// Last CSeq number.
    case lastCSeq = "Seq"
    /// Contact URI.
    case contact = "Con"
    /// Expiry of the registration here, in seconds.
    case expires = "exp"
    /// Expiry of the registration upstream, in seconds.
    case outgoingExpires = "expO"
    /// Unix time of the last registration, in seconds.
    case lastRegistration = "LRTs"
    /// Whether the main registrar is not told when the contact goes.
    case skipDeregistration = "noDR"
}
