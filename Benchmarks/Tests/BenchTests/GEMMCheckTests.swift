import Kernels
import Testing

@testable import bench

@Suite("Checking of results")
struct GEMMCheckTests {
  @Test("every layout of the right product stays within its bound, and one wrong element does not", arguments: 0..<4)
  func oneWrongElement(index: Int) throws {
    let layout = try #require(GEMMLayout(rawValue: ["NN", "TN", "NT", "TT"][index]))
    let problem = GEMMProblem<Float>(GEMMShape(m: 9, n: 7, k: 5, layout: layout, section: ""))
    #expect(problem.errorOverBound() == .infinity)  // C is still NaN
    _ = try plainProduct(problem, .best, 1).time(1)
    #expect(problem.errorOverBound() <= 1)
    problem.c.pointer[31] += 0x1p-10
    #expect(problem.errorOverBound() > 1)
  }

  @Test("the operands make every element type round")
  func operandsRound() throws {
    let shape = GEMMShape(m: 9, n: 7, k: 50, layout: .nn, section: "")
    let (single, double) = (GEMMProblem<Float>(shape), GEMMProblem<Double>(shape))
    _ = try plainProduct(single, .best, 1).time(1)
    _ = try plainProduct(double, .best, 1).time(1)
    for error in [single.errorOverBound(), double.errorOverBound()] { #expect(error > 0 && error <= 1) }
  }

  @Test("the accurate sum survives cancellation in double precision")
  func cancellation() {
    let (x, y) = ([0x1p60, 1, -0x1p60], [1.0, 1, 1])
    let sum = Double.accurateDot(x, 1, y, 1, count: 3)
    #expect(sum.high + sum.low == 1)
    #expect(sum.magnitude == 0x1p61 + 1)
  }

  @Test("the shape file holds the shapes that the summary speaks of")
  func shapeFile() throws {
    let sections = Dictionary(grouping: try readGEMMShapes(), by: \.section)
    #expect(sections["anchors"]?.count == 18)
    #expect(Set(sections["transposed"]?.map { "\($0.m)x\($0.n)x\($0.k)" } ?? []).count == 3)
    #expect(sections["odd"]?.compactMap(\.squareSize) == [127, 255, 1000, 1023])
  }
}
