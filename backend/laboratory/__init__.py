"""Laboratory: instruments measure, the server judges by dated limits.

    sample      a bag of soil or produce, every hand it went through, its farmer's slip
    reading     one row of what an instrument wrote: which sample, which analyte, the value with its comparator, and the
                instrument's own verdict word for word
    judgement   what the dated rules say of a reading, with the rule's version and every reason
    result      a reading with the judgement that counts; earlier ones and those beside it are kept
    report      what is handed out: frozen, signed, verified by its number

A studio's free test is advice, not enforcement. A negative is never proof. What was found in a farmer's free sample is
for him, the bench that tested it and its experts (`visibility`).

Where to read, in the order the data moves:

    decoding, rows, workbooks, records, headers, columns, cells, taking → reading_files   bytes to readings; pure
    …_rules, residue_limits, reference → judging → judgements                              what the rules say; pure
    instruments, calibrations, runs, quality_charts, live_posts                            what measures, and how well
    samples, hand_overs, slips, held_samples, joining, sample_consents, forgetting         what is measured, and whose
    importing → import_batches → import_judging → import_storing; import_jobs, watching    a file comes in
    context, rejudging, results, retesting, retests, second_looks, limits, cutoffs         what was found, and again
    conclusions, farmer_words, public, report_contents, report_pdf, reports                what is told
    advice, trends, public_soil, months, exporting                                         what follows from many
"""
