/// For each function the inputs with the largest errors over all floats, as the sweep of `Tests/accuracy` prints them.
let recordedWorstInputs: [String: [Double]] = [:]
