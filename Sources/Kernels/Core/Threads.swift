internal import CKernels
internal import Synchronization

/// How many threads a call may use.
///
/// From strongest to weakest: the call's own `threads:`, the innermost ``with(_:_:)`` around it in this task, the
/// process-wide ``setDefault(_:)``, and the default: as many as this process may run at once (``allowed``), capped by
/// `OMP_NUM_THREADS`.  The number is a limit: a problem too small to gain uses fewer, and so does a call that finds
/// the one team of threads busy with another.  The bits of the result are the same whatever happens.
///
/// A child that was forked has a team of its own; one that was forked while another thread made the first call with
/// several threads computes without one.
public enum Threads {
  /// The least of the affinity mask, the cgroup CPU quota (rounded up) and the physical cores, where known; at least 1.
  public static let allowed: Int = max(1, Int(ck_threads_allowed()))

  /// How many threads a call here would use that does not say `threads:`.
  public static var current: Int {
    let scoped = scope
    if scoped > 0 { return clamp(scoped) }
    let chosen = processWide.load(ordering: .relaxed)
    return chosen > 0 ? clamp(chosen) : environment.initial
  }

  /// Sets the process-wide default; nil goes back to what the machine and the environment say.
  ///
  /// - Precondition: `count` is at least 1.
  public static func setDefault(_ count: Int?) {
    precondition(count ?? 1 >= 1, "Threads.setDefault: \(count ?? 0) threads")
    processWide.store(count ?? 0, ordering: .relaxed)
  }

  /// Runs `body` with `count` as the default of every call in it, in this task and the child tasks it starts.
  ///
  /// - Precondition: `count` is at least 1.
  public static func with<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
    precondition(count >= 1, "Threads.with: \(count) threads")
    return try $scope.withValue(count, operation: body)
  }

  /// Runs `body` with `count` as the default of every call in it, in this task and the child tasks it starts.
  ///
  /// - Precondition: `count` is at least 1.
  public static func with<Result>(
    _ count: Int, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async rethrows -> Result {
    precondition(count >= 1, "Threads.with: \(count) threads")
    return try await $scope.withValue(count, operation: body, isolation: isolation)
  }

  /// Whether calls can use more than one thread: the library was built with OpenMP and its environment is sound.
  public static var isParallel: Bool { ck_threads_parallel() && environment.error == nil }

  /// What is wrong with the environment variable `OMP_NUM_THREADS`, which should be unset or a list of counts, or with
  /// a limit that the OpenMP runtime cannot work under; nil where they are sound.
  ///
  /// The runtime aborts on an empty list and on huge counts, makes up a count for `-3` or `abc`, and aborts where
  /// `KMP_DEVICE_THREAD_LIMIT` or its synonym `KMP_ALL_THREADS` leaves it fewer than three threads.  So where this is
  /// set it is never entered: every call runs on its caller's thread, whatever it asks for.
  public static var environmentError: String? { environment.error }

  // 0: none.  A plain integer keeps the look-up free of generic optionals.
  @TaskLocal private static var scope = 0
  private static let processWide = Atomic<Int>(0)
  private static let environment = ThreadEnvironment(
    ompNumThreads: environmentValue("OMP_NUM_THREADS"),
    limits: ["KMP_DEVICE_THREAD_LIMIT", "KMP_ALL_THREADS"].map { ($0, environmentValue($0)) }, allowed: allowed)

  private static func clamp(_ count: Int) -> Int { isParallel ? count : 1 }

  /// The count to hand to C for a call that asked for `requested`.
  static func resolve(_ requested: Int?) throws(KernelError) -> Int32 {
    guard let requested else { return Int32(clamping: current) }
    guard requested >= 1 else { throw KernelError(.badArgument, operand: "threads", expected: 1, got: requested) }
    return Int32(clamping: clamp(requested))
  }
}

/// What the variables of the OpenMP runtime mean for us.
struct ThreadEnvironment {
  /// The default count.
  let initial: Int
  /// Why the OpenMP runtime must not be entered; nil where it may.
  let error: String?

  // The runtime reserves memory for four times the count, and aborts where that overflows.
  private static let most = 1 << 20
  // The caller, the thread that leads the team, and one member.
  private static let leastLimit = 3

  init(ompNumThreads value: String?, limits: [(name: String, value: String?)], allowed: Int) {
    // A limit that is no number limits nothing.
    for (name, value) in limits {
      guard let value, let limit = Self.number(Substring(value)), limit < Self.leastLimit else { continue }
      self.initial = 1
      self.error = "\(name) is \"\(value)\", less than \(Self.leastLimit); running serially"
      return
    }
    guard let value else {
      self.initial = ck_threads_parallel() ? allowed : 1
      self.error = nil
      return
    }
    // The value is a list, one count per level of nesting; only the first concerns us, but all must parse.
    let counts = value.split(separator: ",", omittingEmptySubsequences: false).map(ThreadEnvironment.count)
    guard let first = counts[0], counts.allSatisfy({ $0 != nil }) else {
      self.initial = 1
      self.error = "OMP_NUM_THREADS is \"\(value)\", not a list of counts from 1 to \(Self.most); running serially"
      return
    }
    self.initial = ck_threads_parallel() ? min(first, allowed) : 1
    self.error = nil
  }

  private static func count(_ text: Substring) -> Int? {
    number(text).flatMap { 1...most ~= $0 ? $0 : nil }
  }

  /// A decimal number without sign, blanks around it allowed.
  private static func number(_ text: Substring) -> Int? {
    let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    let head = text.drop(while: blank)
    let digits = head.prefix { "0"..."9" ~= $0 }
    guard head.dropFirst(digits.count).allSatisfy(blank) else { return nil }
    return Int(digits)
  }
}
