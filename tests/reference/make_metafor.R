# Writes tests/reference/metafor.json: what metafor makes of the data sets below, for tests/test_synthesis.py.
# Run it from the repository's root: Rscript tests/reference/make_metafor.R
# Needs Debian's r-base-core, r-cran-metafor (with r-cran-metadat) and r-cran-jsonlite; see tests/reference/README.md.

suppressMessages({
  library(metafor)
  library(jsonlite)
})

# metafor's Fisher scoring stops when tau2 changes by less than 1e-5, whatever its unit; the comparison to 1e-8 needs it
# to go on, to a change that is small beside the sampling variances.
reml_control <- function(vi) list(threshold = 1e-12 * mean(vi), maxiter = 10000)

counts <- function(events_1, n_1, events_2, n_2) {
  data.frame(events_1 = events_1, n_1 = n_1, events_2 = events_2, n_2 = n_2)
}
means <- function(mean_1, sd_1, n_1, mean_2, sd_2, n_2) {
  data.frame(mean_1 = mean_1, sd_1 = sd_1, n_1 = n_1, mean_2 = mean_2, sd_2 = sd_2, n_2 = n_2)
}
proportions <- function(events, n) data.frame(events = events, n = n)
generic <- function(yi, vi) data.frame(yi = yi, vi = vi)

bcg <- with(dat.bcg, counts(tpos, tpos + tneg, cpos, cpos + cneg))
stroke <- transform(dat.normand1999, sdpi = sqrt(((n1i - 1) * sd1i^2 + (n2i - 1) * sd2i^2) / (n1i + n2i - 2)))
bcg_log_rr <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)

COUNTS <- list(
  # Published analyses.
  bcg = bcg,
  clasp = counts(c(5, 5, 12, 69, 9, 313), c(156, 303, 565, 1570, 103, 4659),
                 c(8, 17, 9, 94, 11, 352), c(74, 303, 477, 1565, 105, 4650)),
  lidocaine = with(dat.hine1989, counts(ai, n1i, ci, n2i)),
  preeclampsia = with(dat.collins1985b, counts(pre.xti, pre.nti, pre.xci, pre.nci)),
  tolbutamide = counts(c(8, 22), c(106, 98), c(5, 16), c(120, 85)),
  # The review's own syntheses (claims/results.csv).
  pain = counts(c(356, 23, 16), c(513, 31, 30), c(160, 8, 5), c(506, 16, 16)),
  bruising = counts(c(368, 15, 18), c(513, 31, 30), c(353, 8, 9), c(506, 16, 16)),
  numbness = counts(c(341, 15, 16), c(513, 31, 30), c(29, 1, 1), c(506, 16, 16)),
  induration = counts(c(120, 4, 3), c(513, 31, 30), c(13, 0, 1), c(506, 16, 16)),
  erythema = counts(c(136, 2, 3), c(513, 31, 30), c(91, 0, 1), c(506, 16, 16)),
  pruritus = counts(c(64, 4, 3), c(513, 31, 30), c(30, 1, 2), c(506, 16, 16)),
  nodule = counts(c(68, 4, 4), c(513, 31, 30), c(14, 0, 0), c(506, 16, 16)),
  composite_1 = counts(c(179, 172, 19, 25), c(256, 258, 31, 28), c(46, 57, 1, 2), c(250, 258, 15, 15)),
  composite_2 = counts(c(34, 48), c(256, 258), c(0, 8), c(250, 258)),
  clinician_1 = counts(c(79, 76), c(121, 122), c(28, 40), c(122, 116)),
  clinician_1_wider = counts(c(79, 76, 27, 23), c(121, 122, 32, 33), c(28, 40, 15, 7), c(122, 116, 36, 31)),
  # Made for the edges.
  zero_cells = counts(c(0, 3, 5, 12), c(20, 30, 41, 50), c(2, 0, 4, 9), c(22, 28, 40, 50)),
  double_zero = counts(c(0, 3, 0, 6, 4), c(25, 30, 12, 40, 33), c(0, 1, 0, 8, 5), c(24, 31, 20, 41, 30)),
  all_events = counts(c(10, 12, 9, 15), c(10, 15, 14, 20), c(12, 11, 8, 10), c(12, 16, 15, 20)),
  no_events_in_comparator = counts(c(1, 2, 4), c(10, 12, 15), c(0, 0, 0), c(11, 12, 14)),
  nothing_happened = counts(c(0, 0), c(10, 12), c(0, 0), c(11, 12)),
  one = counts(14, 57, 24, 48),
  one_zero_cell = counts(0, 57, 3, 48),
  two = counts(c(14, 6), c(57, 38), c(24, 18), c(48, 40)),
  three = counts(c(14, 6, 12), c(57, 38, 101), c(24, 18, 35), c(48, 40, 76)),
  identical = counts(rep(10, 4), rep(40, 4), rep(20, 4), rep(40, 4)),
  rare = counts(c(1, 0, 2, 1, 0, 3), c(500, 612, 710, 405, 388, 900), c(3, 1, 2, 0, 2, 5), c(498, 600, 715, 400, 391, 910))
)
MEANS <- list(
  stroke_pooled_sd = with(stroke, means(m1i, sdpi, n1i, m2i, sdpi, n2i)),
  stroke = with(stroke, means(m1i, sd1i, n1i, m2i, sd2i, n2i)),
  means_one = means(2.3, 1.5, 15, 8.0, 1.0, 15),
  means_two = means(c(2.3, 2.1), c(1.5, 1.3), c(15, 15), c(8.0, 7.4), c(1.0, 1.2), c(15, 15)),
  means_identical = means(rep(5, 3), rep(2, 3), rep(20, 3), rep(4, 3), rep(2.5, 3), rep(25, 3))
)
PROPORTIONS <- list(
  vasospasm = with(dat.pritz1997, proportions(xi, ni)),
  pain_drug = proportions(c(356, 23, 16, 246, 1), c(513, 31, 30, 541, 31)),
  none_and_all = proportions(c(0, 12, 3, 20), c(31, 12, 40, 25)),
  proportion_one = proportions(2, 7),
  proportion_two = proportions(c(23, 16), c(31, 30))
)
GENERIC <- list(
  bcg_log_rr = generic(as.numeric(bcg_log_rr$yi), as.numeric(bcg_log_rr$vi)),
  homogeneous = generic(c(0.11, 0.09, 0.10, 0.12, 0.08), c(0.04, 0.02, 0.05, 0.01, 0.03)),
  far_apart = generic(c(-3, 0.5, 4, 1.2), c(0.01, 0.02, 0.015, 2)),
  unequal = generic(c(0.8, -0.1, 0.3, 2.5, 0.0), c(1e-4, 0.3, 2e-3, 1.1, 0.04)),
  generic_one = generic(0.5, 0.2),
  generic_two = generic(c(0.2, 0.7), c(0.05, 0.09)),
  generic_same = generic(c(0.5, 0.5, 0.5), c(0.2, 0.1, 0.3))
)

effects_of <- function(data, measure) {
  if (measure == "MD") {
    escalc("MD", m1i = mean_1, sd1i = sd_1, n1i = n_1, m2i = mean_2, sd2i = sd_2, n2i = n_2, data = data)
  } else if (measure == "PLO") {
    escalc("PLO", xi = events, ni = n, data = data)
  } else if (measure == "GEN") {
    data
  } else {
    escalc(measure, ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = data)
  }
}

number <- function(x) if (is.null(x)) NA else as.numeric(x)

row_of <- function(name, measure, model, common, tau2, interval, level, fit) {
  p <- if (is.na(number(fit$beta))) NULL else predict(fit)
  list(data = name, measure = measure, model = model, common = common, tau2_method = tau2, interval = interval,
       level = level, k = fit$k, mu = number(fit$beta), se = number(fit$se), ci_low = number(fit$ci.lb),
       ci_high = number(fit$ci.ub), tau2 = number(fit$tau2), i2 = number(fit$I2), h2 = number(fit$H2),
       q = number(fit$QE), q_p = number(fit$QEp), pi_low = number(p$pi.lb), pi_high = number(p$pi.ub),
       weights = I(number(weights(fit))))
}

inverse_variance <- function(name, measure, data, level) {
  e <- effects_of(data, measure)
  yi <- as.numeric(e$yi)
  vi <- as.numeric(e$vi)
  rows <- list(row_of(name, measure, "common", "IV", NA, "z", level, rma(yi, vi, method = "EE", level = level)))
  for (tau2 in c("DL", "REML")) {
    for (interval in c("z", "knha", "adhoc")) {
      control <- if (tau2 == "REML") reml_control(vi) else list()
      fit <- rma(yi, vi, method = tau2, test = interval, level = level, control = control)
      row <- row_of(name, measure, "random", NA, tau2, interval, level, fit)
      if (interval != "z") row$weights <- NULL # the same as for z
      rows <- c(rows, list(row))
    }
  }
  rows
}

mantel_haenszel <- function(name, measure, data, level) {
  fit <- rma.mh(ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = data, measure = measure, level = level)
  rows <- list(row_of(name, measure, "common", "MH", NA, "z", level, fit))
  # RevMan's random effects: DerSimonian and Laird's formula with Q taken around the Mantel-Haenszel estimate.
  # metafor has no name for it, so it is put together from metafor's parts.  Studies without an event, or with events
  # only, in both arms do not enter a ratio; they do enter a difference.
  e <- escalc(measure, ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = data, drop00 = measure != "RD")
  used <- !is.na(e$yi)
  yi <- as.numeric(e$yi)[used]
  vi <- as.numeric(e$vi)[used]
  if (is.na(number(fit$beta)) || !any(used)) {
    return(rows)
  }
  w <- 1 / vi
  df <- length(yi) - 1
  q <- sum(w * (yi - number(fit$beta))^2)
  tau2 <- if (df > 0) max(0, (q - df) / (sum(w) - sum(w^2) / sum(w))) else 0
  for (interval in c("z", "knha")) {
    random <- rma(yi, vi, tau2 = tau2, test = interval, level = level)
    row <- row_of(name, measure, "random", NA, "MH", interval, level, random)
    row$k <- nrow(data)
    if (df > 0) {
      row$q <- q
      row$q_p <- pchisq(q, df, lower.tail = FALSE)
    }
    row$weights <- NULL
    rows <- c(rows, list(row))
  }
  rows
}

pins <- list()
effects <- list()
add <- function(name, measure, data) {
  # 95 % everywhere, and another level for the published data.
  for (level in c(95, if (name %in% c("bcg", "tolbutamide", "stroke", "vasospasm", "bcg_log_rr")) 90)) {
    pins <<- c(pins, inverse_variance(name, measure, data, level))
    if (measure %in% c("RR", "OR", "RD")) pins <<- c(pins, mantel_haenszel(name, measure, data, level))
  }
  e <- effects_of(data, measure)
  effects <<- c(effects, list(list(data = name, measure = measure, yi = I(as.numeric(e$yi)), vi = I(as.numeric(e$vi)))))
}
quiet <- function(warning) {
  # Two warnings are expected: a single study is given z, and Mantel-Haenszel leaves studies without an estimate out.
  if (grepl("since k=1|yi/vi values are NA", conditionMessage(warning))) invokeRestart("muffleWarning")
}
withCallingHandlers({
  for (name in names(COUNTS)) for (measure in c("RR", "OR", "RD")) add(name, measure, COUNTS[[name]])
  for (name in names(MEANS)) add(name, "MD", MEANS[[name]])
  for (name in names(PROPORTIONS)) add(name, "PLO", PROPORTIONS[[name]])
  for (name in names(GENERIC)) add(name, "GEN", GENERIC[[name]])
}, warning = quiet)

# Intervals of single proportions: R's prop.test without continuity correction is Wilson's, binom.test the exact one.
single <- list()
for (case in list(c(0, 31), c(0, 5), c(1, 31), c(5, 16), c(8, 16), c(246, 541), c(12, 12), c(160, 506), c(1, 1))) {
  for (level in c(90, 95, 99)) {
    wilson <- suppressWarnings(prop.test(case[1], case[2], conf.level = level / 100, correct = FALSE)$conf.int)
    exact <- binom.test(case[1], case[2], conf.level = level / 100)$conf.int
    single <- c(single, list(list(events = case[1], n = case[2], level = level, wilson_low = wilson[1],
                                  wilson_high = wilson[2], exact_low = exact[1], exact_high = exact[2])))
  }
}

json <- function(x) toJSON(x, auto_unbox = TRUE, digits = NA, na = "null")
lines <- function(rows) paste0("    ", vapply(rows, json, ""), collapse = ",\n")
data <- c(COUNTS, MEANS, PROPORTIONS, GENERIC)
columns <- lapply(data, function(frame) lapply(as.list(frame), I))
writeLines(c(
  "{",
  sprintf("  \"metafor\": \"%s\",", packageVersion("metafor")),
  sprintf("  \"R\": \"%s.%s\",", R.version$major, R.version$minor),
  "  \"data\": {",
  paste0("    \"", names(columns), "\": ", vapply(columns, json, ""), collapse = ",\n"),
  "  },",
  "  \"effects\": [", lines(effects), "  ],",
  "  \"pins\": [", lines(pins), "  ],",
  "  \"proportions\": [", lines(single), "  ]",
  "}"
), "tests/reference/metafor.json")
