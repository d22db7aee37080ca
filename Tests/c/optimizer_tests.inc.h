// The list of properties of one element type, as an initializer.
{.name = "optimizer " TYPE ": steps are their formulas, beside guard pages", .run = steps_are_the_formulas},
    {.name = "optimizer " TYPE ": sums of squares are exact on integers", .run = squares_add_up},
    {.name = "optimizer " TYPE ": misuse is refused", .run = refuses_misuse},
    {.name = "optimizer " TYPE ": threads and all fused instruction sets give the same bits",
     .run = isas_and_threads_agree},
    {.name = NULL},
