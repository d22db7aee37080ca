#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif
internal import Synchronization

/// The replay lines of the cases now running, where a signal handler can read them.
///
/// A kernel that touches a guard page stops the process; the handler first writes the lines of the cases that ran, one
/// for each thread that checks, so that the failure can be replayed alone.
@safe
private final class RunningCases: Sendable {
  static let capacity = 64
  nonisolated(unsafe) let lines: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  let lock = Mutex(())

  init() {
    unsafe lines = .allocate(capacity: RunningCases.capacity)
    unsafe lines.initialize(repeating: nil, count: RunningCases.capacity)
    for signal in [SIGSEGV, SIGBUS, SIGILL] { RunningCases.install(signal) }
  }

  // SAFETY: slots are claimed and released under the lock; the handler only reads them.
  func add(_ line: String) -> Int? {
    lock.withLock { _ in
      guard let slot = (0..<RunningCases.capacity).first(where: { unsafe lines[$0] == nil }) else { return nil }
      unsafe lines[slot] = strdup("a kernel was stopped (forbidden page or instruction); replay: \(line)\n")
      return slot
    }
  }

  func remove(_ slot: Int?) {
    guard let slot else { return }
    lock.withLock { _ in
      unsafe free(lines[slot])
      unsafe lines[slot] = nil
    }
  }

  private static func install(_ signal: Int32) {
    var action = sigaction()
    // The action is the default again once the handler runs, so that returning from it stops the process as usual.
    action.sa_flags = Int32(bitPattern: UInt32(truncatingIfNeeded: SA_RESETHAND))
    #if canImport(Darwin)
      unsafe action.__sigaction_u.__sa_handler = reportRunningCases
    #else
      unsafe action.__sigaction_handler.sa_handler = reportRunningCases
    #endif
    unsafe sigaction(signal, &action, nil)
  }
}

/// Only what a signal handler may do: reads memory and calls `write`.
private let reportRunningCases: @convention(c) (Int32) -> Void = { _ in
  for slot in 0..<RunningCases.capacity {
    if let line = unsafe runningCases.lines[slot] { unsafe _ = write(2, line, strlen(line)) }
  }
}

private let runningCases = RunningCases()

/// Runs `body`; if it makes the processor fault, `line` is written to standard error before the process ends.
func reportingFaults<Result>(of line: String, _ body: () throws -> Result) rethrows -> Result {
  let slot = runningCases.add(line)
  defer { runningCases.remove(slot) }
  return try body()
}
