// The list of properties of one element type, as an initializer.
{.name = TYPE " random: any part of a sequence has the bits of the whole, beside guard pages",
 .run = parts_have_the_bits},
    {.name = TYPE " random: threads keep the bits", .run = threads_have_the_bits},
    {.name = TYPE " random: numbers are what their definitions make of the words", .run = definitions_hold},
    {.name = TYPE " random: numbers stay below the end of their range, and p = 0 copies", .run = ends_hold},
    {.name = TYPE " random: misuse is refused", .run = refuses_misuse},
    {.name = TYPE " random: all fused instruction sets give the same bits, and the others too", .run = isas_agree},
    {.name = NULL},
