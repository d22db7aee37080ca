import Kernels
import Testing

@testable import bench

@Suite("The suite of convolutions' ways back")
struct ConvolutionBackwardTests {
  @Test(
    "ours keeps its bound; a result that was never written, or is wrong, does not",
    arguments: ConvolutionBackwardProblem<Float>.Target.allCases,
    ["g1mb2ic8ih9oc12oh9kh3ph1", "g2mb2ic8ih9oc12oh5kh3sh2ph1"])
  func kept(target: ConvolutionBackwardProblem<Float>.Target, text: String) throws {
    let layer = try #require(ConvolutionLayer(text, section: ""))
    let problem = ConvolutionBackwardProblem<Float>(layer, target)
    let pass = try PlannedBackward(problem, ISA.best, threads: 1)
    problem.spoilOutput()
    #expect(problem.errorOverBound(growth: pass.growth) == .infinity)
    try pass.run()
    #expect(problem.errorOverBound(growth: pass.growth) <= 1)
    problem.result.pointer[0] += 1
    #expect(problem.errorOverBound(growth: pass.growth) > 1)
  }
}
