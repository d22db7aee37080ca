import Foundation
import KernelProperties
import Kernels
import Testing

/// A case of two numbers, to test the harness itself.
private struct Pair: PropertyCase {
  var x = 0
  var y = 1
  static let fields = [CaseField<Pair>("x", \.x), CaseField<Pair>("y", \.y)]
}

/// A case of a number that must not exceed 3.
private struct Bounded: PropertyCase {
  var n = 0
  static let fields = [CaseField<Bounded>("n", \.n, .within(0...3))]
}

private func runner(_ check: @escaping @Sendable (Pair) throws -> Double) -> PropertyRunner {
  PropertyRunner(
    "test/f32",
    Property(
      "pairs", "pairs are fine",
      generate: { Pair(x: .random(in: -500...500, using: &$0), y: .random(in: 1...500, using: &$0)) },
      check: { pair, _ in try check(pair) }))
}

@Suite("The property harness")
struct HarnessTests {
  private let options = RunOptions(isa: .best, seed: 3, cases: 400)

  @Test("a normal run checks at least 10,000 cases per kernel and instruction set")
  func enoughCases() {
    for suite in KernelProperties.Suite.all {
      for (kernel, runners) in Dictionary(grouping: suite.runners, by: \.kernel) {
        let cases = runners.reduce(0) { $0 + suite.share(of: $1, cases: defaultCases) }
        #expect(cases >= 10_000, "\(kernel)")
      }
    }
  }

  @Test("a property that holds passes every case and reports its worst error")
  func holds() {
    let verdict = runner { Double($0.y) / 1000 }.run(options)
    #expect(verdict.passed && verdict.cases == 400)
    #expect(verdict.worst > 0.4 && verdict.worst <= 0.5)
    #expect(verdict.id == "test/f32/\(ISA.best)/pairs")
  }

  @Test("a failure shrinks to the smallest case and its line replays it")
  func shrinks() throws {
    let failing = runner { pair in
      if pair.x < -20 && pair.y > 7 { throw PropertyFailure("too far: \(pair.x), \(pair.y)") }
      return 0
    }
    let failure = try #require(failing.run(options).failure)
    #expect(failure.replay == "test/f32/\(ISA.best)/pairs x=-21 y=8")
    #expect(failure.message == "too far: -21, 8")
    let again = try failing.replay("x=-21 y=8", isa: .best)
    #expect(again.failure?.message == failure.message)
    #expect(try failing.replay("x=-20 y=8", isa: .best).passed)
  }

  @Test("shrinking keeps what all cases of a property have in common")
  func keepsPremise() {
    let property = Property(
      "premise", "y is 7", generate: { Pair(x: .random(in: 0...99, using: &$0), y: 7) },
      check: { pair, _ in
        if pair.x > 30 || pair.y != 7 { throw PropertyFailure("x is large") }
        return 0
      })
    let failure = PropertyRunner("test/f32", property).run(options).failure
    #expect(failure?.replay.hasSuffix("premise x=31 y=7") == true)
  }

  @Test("any thrown error is a failure")
  func anyError() {
    let verdict = runner { _ in throw CocoaError(.fileNoSuchFile) }.run(options)
    #expect(verdict.failure?.replay == "test/f32/\(ISA.best)/pairs ")
  }

  @Test("the same seed gives the same cases, another seed others")
  func deterministic() {
    let trace = { (seed: UInt64) -> [Pair] in
      let seen = Recorder()
      _ = runner { pair in
        seen.append(pair)
        return 0
      }.run(RunOptions(isa: .best, seed: seed, cases: 50))
      return seen.pairs
    }
    #expect(trace(1) == trace(1))
    #expect(trace(1) != trace(2))
  }

  @Test("a case survives being written and read")
  func roundTrip() {
    #expect(Pair(line: "y=12 x=-3") == Pair(x: -3, y: 12))
    #expect(Pair(line: Pair(x: 5, y: 1).line) == Pair(x: 5, y: 1))
    #expect(Pair(line: "") == Pair())
    for wrong in ["z=1", "x", "x=", "x=1.5", "x==1"] { #expect(Pair(line: wrong) == nil, "\(wrong)") }
  }

  @Test(
    "a replay line that names nothing says what there is",
    arguments: [
      ("gemm/f32", "KERNEL/TYPE/ISA/PROPERTY"), ("gemm/f32/sse9/nan", "generic"),
      ("gemm/f32/generic/none", "error-bound"),
      ("gemm/f32/generic/nan size=3", "alpha.quarters"),
    ])
  func badReplay(line: String, hint: String) {
    #expect { try replay(line) } throws: { "\($0)".contains(hint) }
  }

  @Test(
    "a replay line whose numbers no kernel could be called on says which, and calls none",
    arguments: [
      ("gemm/f32/generic/error-bound m=-5", "m=-5, which must be 0 to"),
      ("gemm/f32/generic/error-bound bias=7", "bias=7, which must be 0 to 2"),
      ("gemm/f32/generic/error-bound fill=3", "fill=3, which must be 0 to 2"),
      ("gemm/f32/generic/beta-zero beta.quarters=4", "beta.quarters=4, which must be 0"),
      ("gemm/f32/generic/alpha-zero", "alpha.quarters=4, which must be 0"),
      ("gemm/f32/generic/error-bound c.step=0", "c.step=0"), ("gemm/f32/generic/error-bound threads=0", "threads=0"),
      ("gemm/f32/generic/error-bound m=70000 n=70000", "the product of batch, m, n, k"),
      ("conv/f64/generic/error-bound kernel.w=0", "kernel.w=0"),
      ("rows/f32/generic/reduction-error operation=99", "operation"),
      ("conv/f32/generic/threads kernel.w=5", "no output"), ("pooling/f32/generic/maximum kernel.d=5", "no output"),
      ("gemm/f32/generic/empty choice=9", "choice=9, which must be 0 to 2"),
      ("pooling/f32/generic/norm exponent=0", "exponent=0"), ("random/f32/generic/range percent=100", "percent"),
    ])
  func impossibleReplay(line: String, hint: String) {
    #expect { try replay(line) } throws: { $0 is ReplayError && "\($0)".contains(hint) }
  }

  @Test("a property that draws what could not be replayed fails")
  func impossibleDraw() {
    let property = Property(
      "bounded", "draws are possible", generate: { Bounded(n: $0.next() % 2 == 0 ? 3 : 4) }, check: { _, _ in 0 })
    let failure = PropertyRunner("test/f32", property).run(options).failure
    #expect(failure?.message.contains("n=4, which must be 0 to 3") == true)
  }

  @Test("every property is run by a test")
  func everyPropertyIsTested() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)!
    var tested: [String: Set<Substring>] = [:]
    for case let file as URL in files where file.pathExtension == "swift" {
      for call in try String(contentsOf: file, encoding: .utf8).matches(of: /expectHolds\(\.(\w+), "([^"]+)"/) {
        tested[String(call.1), default: []].insert(call.2)
      }
    }
    for suite in KernelProperties.Suite.all {
      let names = try #require(tested.first { $0.key.hasPrefix(suite.name) }).value
      for runner in suite.runners { #expect(names.contains(Substring(runner.name)), "\(suite.name): \(runner.name)") }
    }
  }

  @Test("a filter selects by id, and progress ends with the verdict")
  func filter() {
    let seen = Recorder()
    let verdicts = runProperties(filter: ["f64/generic/scaling", "f32/generic/nan"], cases: 100) { progress in
      if let verdict = progress.verdict { seen.append(Pair(x: verdict.cases, y: progress.total)) }
    }
    #expect(verdicts.map(\.id) == ["gemm/f32/generic/nan", "gemm/f64/generic/scaling"])
    #expect(seen.pairs.allSatisfy { $0.x == $0.y } && seen.pairs.count == 2)
  }

  @Test("a byte past either end of a guarded buffer stops the process")
  func guardPages() async {
    await #expect(processExitsWith: .failure) {
      let buffer = GuardedBuffer<Float>(count: 3, side: .right)
      unsafe (buffer.elements.baseAddress! + 3).pointee = 1
    }
    await #expect(processExitsWith: .failure) {
      let buffer = GuardedBuffer<Float>(count: 3, side: .left)
      unsafe (buffer.elements.baseAddress! - 1).pointee = 1
    }
    await #expect(processExitsWith: .success) {
      for side in [GuardedBuffer<Float>.Side.left, .right] {
        let buffer = GuardedBuffer<Float>(count: 3, side: side)
        for index in 0..<3 { buffer.elements[index] = 1 }
        precondition(buffer.surroundingsAreIntact)
      }
    }
  }

  @Test("a byte beside a guarded buffer that changes is noticed")
  func surroundings() {
    let buffer = GuardedBuffer<Float>(count: 3, side: .left)
    #expect(buffer.surroundingsAreIntact)
    unsafe (buffer.elements.baseAddress! + 3).pointee = 1
    #expect(!buffer.surroundingsAreIntact)
  }
}

/// Collects what a concurrent closure sees.
private final class Recorder: @unchecked Sendable {
  private let lock = NSLock()
  private var seen: [Pair] = []
  func append(_ pair: Pair) { lock.withLock { seen.append(pair) } }
  var pairs: [Pair] { lock.withLock { seen } }
}
