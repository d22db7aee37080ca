// The list of properties of one element type, as an initializer.
{.name = TYPE " optimizers: steps are their formulas, beside guard pages", .run = steps_are_the_formulas},
    {.name = TYPE " optimizers: sums of squares are exact on integers", .run = squares_add_up},
    {.name = TYPE " optimizers: misuse is refused", .run = refuses_misuse},
    {.name = TYPE " optimizers: threads and all fused instruction sets give the same bits",
     .run = isas_and_threads_agree},
    {.name = NULL},
