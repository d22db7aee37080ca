import Kernels
import Testing

@Suite(.serialized) struct ThreadsTests {
  @Test("the default lies between 1 and what the process may use")
  func initial() {
    #expect(1...Threads.allowed ~= Threads.current)
  }

  @Test(
    "the innermost scope wins over the process-wide default, which wins over the machine's",
    .enabled(if: Threads.isParallel))
  func precedence() {
    let initial = Threads.current
    Threads.setDefault(5)
    #expect(Threads.current == 5)
    Threads.with(3) {
      #expect(Threads.current == 3)
      Threads.with(7) { #expect(Threads.current == 7) }
      #expect(Threads.current == 3)
    }
    #expect(Threads.current == 5)
    Threads.setDefault(nil)
    #expect(Threads.current == initial)
  }

  @Test("child tasks inherit the scope, detached ones do not", .enabled(if: Threads.isParallel))
  func tasks() async {
    let outside = Threads.current
    await Threads.with(outside + 1) {
      async let child = Threads.current
      let counts = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<4 { group.addTask { Threads.current } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(counts == [Int](repeating: outside + 1, count: 4))
      #expect(await child == outside + 1)
      #expect(await Task.detached { Threads.current }.value == outside)
    }
  }

  @Test("a scope passes results and errors through")
  func passThrough() async throws {
    #expect(Threads.with(2) { "result" } == "result")
    #expect(throws: CancellationError.self) { try Threads.with(2) { throw CancellationError() } }
    #expect(await Threads.with(2) { await Task { "result" }.value } == "result")
  }

  @Test("a serial build says so and uses one thread", .enabled(if: !Threads.isParallel))
  func serial() {
    #expect(Threads.current == 1)
    Threads.with(4) { #expect(Threads.current == 1) }
  }

  @Test("any count gives the same bits", arguments: ISA.available, [1, 2, 3, 8])
  func bits(isa: ISA, threads: Int) throws {
    let n = 150
    let data = (0..<n * n).map { Float(1) / Float($0 + 1) }
    var alone = [Float](repeating: .nan, count: n * n)
    var together = alone
    do {
      var out = alone.mutableSpan
      try gemm(data.span, data.span, into: &out, m: n, n: n, k: n, isa: isa, threads: 1)
    }
    do {
      var out = together.mutableSpan
      try gemm(data.span, data.span, into: &out, m: n, n: n, k: n, isa: isa, threads: threads)
    }
    #expect(alone.map(\.bitPattern) == together.map(\.bitPattern))
  }
}
