// The list of properties of one element type, as an initializer.
{.name = "random " TYPE ": any part of a sequence has the bits of the whole, beside guard pages",
 .run = parts_have_the_bits},
    {.name = "random " TYPE ": threads keep the bits", .run = threads_have_the_bits},
    {.name = "random " TYPE ": numbers are what their definitions make of the words", .run = definitions_hold},
    {.name = "random " TYPE ": numbers stay below the end of their range, and p = 0 copies", .run = ends_hold},
    {.name = "random " TYPE ": misuse is refused", .run = refuses_misuse},
    {.name = "random " TYPE ": all fused instruction sets give the same bits, and the others too", .run = isas_agree},
    {.name = NULL},
