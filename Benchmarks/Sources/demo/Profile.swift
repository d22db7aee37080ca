import Synchronization

/// Where the time of a training went, kernel by kernel.
final class Profile: Sendable {
  struct Entry: Sendable {
    var name: String
    var calls = 0
    var seconds = 0.0
    /// Floating-point operations of the formulas; 0 for kernels that are limited by what they move.
    var operations = 0.0
    var bytes = 0.0
  }

  private let entries = Mutex<[String: Entry]>([:])

  func add(_ name: String, seconds: Double, operations: Double, bytes: Double) {
    entries.withLock { entries in
      var entry = entries[name] ?? Entry(name: name)
      entry.calls += 1
      entry.seconds += seconds
      entry.operations += operations
      entry.bytes += bytes
      entries[name] = entry
    }
  }

  /// The slowest first.
  var slowestFirst: [Entry] {
    entries.withLock { $0.values.sorted { ($0.seconds, $1.name) > ($1.seconds, $0.name) } }
  }
}
