# Writes tests/reference/metafor.json: what metafor makes of the data sets below, for tests/test_synthesis.py.
# Run it from the repository's root: Rscript tests/reference/make_metafor.R
# Needs Debian's r-base-core, r-cran-metafor (with r-cran-metadat) and r-cran-jsonlite; see tests/reference/README.md.

suppressMessages({
  library(metafor)
  library(jsonlite)
})

# metafor's scoring (REML, ML, EB) stops when tau2 changes by less than 1e-5, whatever its unit, and its root search (PM)
# at a width of 1e-4 and below an upper bound; the comparison to 1e-8 needs them to go on, to a change that is small
# beside the sampling variances, and a bound that none of the data sets reaches.
control_of <- function(tau2, yi, vi, step = 1) {
  if (tau2 %in% c("REML", "ML", "EB")) {
    list(threshold = 1e-12 * mean(vi), maxiter = 2000, stepadj = step)
  } else if (tau2 == "PM") {
    list(tol = 1e-14 * mean(vi), maxiter = 1e5, tau2.max = 100 * (mean(vi) + max(0, var(yi), na.rm = TRUE)))
  } else {
    list()
  }
}
TAU2 <- c("DL", "PM", "REML", "ML", "HS", "HE", "SJ", "EB")

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
  yusuf_table_6 = with(subset(dat.yusuf1985, table == "6" & !is.na(ai) & !is.na(ci)), counts(ai, n1i, ci, n2i)),
  bleeding_deaths = with(subset(dat.collins1985a, !is.na(d.xti) & !is.na(d.xci)), counts(d.xti, nti, d.xci, nci)),
  catheters = with(dat.nielweise2007, counts(ai, n1i, ci, n2i)),
  magnesium = with(dat.li2007, counts(ai, n1i, ci, n2i)),
  nausea = with(dat.lee2004, counts(ai, n1i, ci, n2i)),
  cholera = with(dat.graves2010, counts(ai, n1i, ci, n2i)),
  warfarin = with(dat.hart1999, counts(x1i, n1i, x2i, n2i)),
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
  all_or_nothing = counts(c(12, 0), c(12, 9), c(0, 11), c(10, 11)),
  shared_control = counts(c(7, 12, 3), c(30, 31, 20), c(4.5, 4.5, 0), c(15.5, 15.5, 21)),
  huge = counts(c(51200, 880), c(1e6, 2e4), c(49800, 910), c(1e6, 2.1e4)),
  one_double_zero = counts(0, 14, 0, 15),
  one_each = counts(c(1, 0, 1), c(1, 1, 2), c(0, 1, 1), c(1, 2, 1)),
  rare = counts(c(1, 0, 2, 1, 0, 3), c(500, 612, 710, 405, 388, 900), c(3, 1, 2, 0, 2, 5), c(498, 600, 715, 400, 391, 910))
)
MEANS <- list(
  stroke_pooled_sd = with(stroke, means(m1i, sdpi, n1i, m2i, sdpi, n2i)),
  stroke = with(stroke, means(m1i, sd1i, n1i, m2i, sd2i, n2i)),
  means_one = means(2.3, 1.5, 15, 8.0, 1.0, 15),
  means_two = means(c(2.3, 2.1), c(1.5, 1.3), c(15, 15), c(8.0, 7.4), c(1.0, 1.2), c(15, 15)),
  means_identical = means(rep(5, 3), rep(2, 3), rep(20, 3), rep(4, 3), rep(2.5, 3), rep(25, 3)),
  asthma = with(subset(dat.gibson2002, type == 1 & !is.na(m1i) & !is.na(m2i)), means(m1i, sd1i, n1i, m2i, sd2i, n2i)),
  carbon_dioxide = with(head(dat.curtis1998, 24), means(m1i, sd1i, n1i, m2i, sd2i, n2i)),
  no_spread_in_one_arm = means(c(4, 5, 6), c(0, 1.2, 1), c(9, 12, 30), c(5, 5.5, 7), c(1, 0, 1.4), c(8, 13, 28)),
  tiny_arms = means(c(4, 5, 6, 3), c(1, 1.2, 1, 2), c(2, 3, 1, 2), c(5, 5.5, 7, 3), c(1, 2, 1.4, 2), c(2, 2, 3, 3)),
  same_means = means(c(3, 8), c(1, 2), c(15, 20), c(3, 8), c(1.1, 2), c(15, 22))
)
PROPORTIONS <- list(
  vasospasm = with(dat.pritz1997, proportions(xi, ni)),
  pain_drug = proportions(c(356, 23, 16, 246, 1), c(513, 31, 30, 541, 31)),
  none_and_all = proportions(c(0, 12, 3, 20), c(31, 12, 40, 25)),
  miller = proportions(c(3, 6, 10, 1), c(11, 17, 21, 6)),
  adherence = with(dat.debruin2009, proportions(xi, ni)),
  smell = with(head(dat.hannum2020, 20), proportions(xi, ni)),
  nobody = proportions(c(0, 0, 0), c(12, 40, 31)),
  everybody = proportions(c(12, 40), c(12, 40)),
  very_unequal = proportions(c(2, 300, 5, 1), c(10, 2e4, 60, 1)),
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
  generic_same = generic(c(0.5, 0.5, 0.5), c(0.2, 0.1, 0.3)),
  generic_two_same = generic(c(-1.2, -1.2), c(0.2, 0.2)),
  generic_two_apart = generic(c(-1.2, 2.6), c(0.01, 0.02)),
  equal_variances = generic(c(0.1, 0.9, -0.4, 0.3, 1.4), rep(0.07, 5)),
  in_grams = generic(c(1520, 1380, 2210, 900), c(90000, 40000, 160000, 62500)),
  in_tonnes = generic(c(1520, 1380, 2210, 900) / 1e6, c(90000, 40000, 160000, 62500) / 1e12),
  viechtbauer_1 = generic(c(-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232),
                          c(0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040)),
  viechtbauer_2 = generic(c(0.100, -0.162, -0.090, -0.049, -0.046, -0.010, -0.431, -0.261, 0.134, 0.019, 0.175, 0.056,
                            0.045, 0.103, 0.121, -0.482, 0.290, 0.342),
                          c(0.016, 0.015, 0.050, 0.050, 0.032, 0.052, 0.036, 0.024, 0.034, 0.033, 0.031, 0.034, 0.039,
                            0.167, 0.134, 0.096, 0.016, 0.035)),
  expectancy = with(dat.raudenbush1985, generic(as.numeric(yi), as.numeric(vi))),
  smoke = with(dat.hackshaw1998, generic(as.numeric(yi), as.numeric(vi))),
  writing = with(dat.bangertdrowns2004, generic(as.numeric(yi), as.numeric(vi)))
)

# Made by chance, the same each time: studies of all sizes with no, some and much spread.
set.seed(20261122)
for (k in c(2, 3, 4, 5, 7, 10, 16, 25)) {
  for (tau in c(0, 0.5)) {
    n_1 <- round(exp(rnorm(k, 4, 0.8))) + 3
    n_2 <- round(n_1 * runif(k, 0.4, 1.2)) + 2
    risk <- plogis(rnorm(k, if (tau > 0) -1 else -3, 0.7))
    COUNTS[[sprintf("chance_%d_%g", k, tau)]] <-
      counts(rbinom(k, n_1, plogis(qlogis(risk) + rnorm(k, -0.3, tau))), n_1, rbinom(k, n_2, risk), n_2)
  }
  for (tau in c(0, 2)) {
    n_1 <- round(exp(rnorm(k, 3, 0.7))) + 3
    n_2 <- round(n_1 * runif(k, 0.5, 1.3)) + 2
    MEANS[[sprintf("chance_means_%d_%g", k, tau)]] <-
      means(round(12 + rnorm(k, 1, tau + 0.5), 2), round(runif(k, 2, 5), 2), n_1,
            round(12 + rnorm(k, 0, 0.5), 2), round(runif(k, 2, 5), 2), n_2)
  }
  n <- round(exp(rnorm(k, 3.5, 0.9))) + 1
  PROPORTIONS[[sprintf("chance_proportions_%d", k)]] <- proportions(rbinom(k, n, plogis(rnorm(k, -1.5, 0.8))), n)
  for (tau in c(0, 0.3, 3)) {
    vi <- round(rgamma(k, 1.5, 10), 4) + 0.002
    GENERIC[[sprintf("chance_generic_%d_%g", k, tau)]] <- generic(round(rnorm(k, 0.4, sqrt(vi + tau^2)), 4), vi)
  }
}

effects_of <- function(data, measure) {
  if (measure %in% c("MD", "SMD", "ROM")) {
    escalc(measure, m1i = mean_1, sd1i = sd_1, n1i = n_1, m2i = mean_2, sd2i = sd_2, n2i = n_2, data = data)
  } else if (measure %in% c("PLO", "PFT")) {
    escalc(measure, xi = events, ni = n, data = data)
  } else if (measure == "GEN") {
    data
  } else {
    escalc(measure, ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = data)
  }
}

number <- function(x) if (is.null(x)) NA else as.numeric(x)

# Standard error, interval and prediction interval.
limits_of <- function(fit) {
  p <- if (is.na(number(fit$beta))) NULL else predict(fit)
  I(c(number(fit$se), number(fit$ci.lb), number(fit$ci.ub), number(p$pi.lb), number(p$pi.ub)))
}

row_of <- function(name, measure, model, common, tau2, level, fit, intervals) {
  list(data = name, measure = measure, model = model, common = common, tau2_method = tau2, level = level, k = fit$k,
       mu = number(fit$beta), tau2 = number(fit$tau2), i2 = number(fit$I2), h2 = number(fit$H2), q = number(fit$QE),
       q_p = number(fit$QEp), weights = I(number(weights(fit))), intervals = intervals)
}

inverse_variance <- function(name, measure, data, level) {
  e <- effects_of(data, measure)
  yi <- as.numeric(e$yi)
  vi <- as.numeric(e$vi)
  lapply(c("EE", TAU2), function(method) {
    fit_of <- function(test, step = 1) {
      tryCatch(
        rma(yi, vi, method = method, test = test, level = level, control = control_of(method, yi, vi, step)),
        error = function(e) {
          # Where whole steps swing back and forth, shorter ones settle.
          if (!grepl("did not converge", conditionMessage(e)) || step < 0.2) stop(paste(name, measure, method, e))
          fit_of(test, step / 2)
        }
      )
    }
    fit <- fit_of("z")
    intervals <- lapply(c(z = "z", knha = "knha", adhoc = "adhoc"), function(test) limits_of(fit_of(test)))
    random <- method != "EE"
    row <- row_of(name, measure, if (random) "random" else "common", if (random) NA else "IV",
                  if (random) method else NA, level, fit, intervals)
    if (measure == "PFT") {
      p <- predict(fit, transf = transf.ipft.hm, targs = list(ni = data$n))
      row$estimate <- I(c(p$pred, p$ci.lb, p$ci.ub))
    }
    row
  })
}

peto <- function(name, data, level) {
  fit <- tryCatch(
    rma.peto(ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = data, level = level),
    error = function(e) if (grepl("never occurred", conditionMessage(e))) NULL else stop(e)
  )
  if (is.null(fit)) {
    return(list(list(data = name, measure = "PETO", model = "common", common = "PETO", tau2_method = NA, level = level,
                     k = nrow(data), mu = NA)))
  }
  list(row_of(name, "PETO", "common", "PETO", NA, level, fit, list(z = limits_of(fit))))
}

mantel_haenszel <- function(name, measure, data, level) {
  fit <- rma.mh(ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = data, measure = measure, level = level)
  rows <- list(row_of(name, measure, "common", "MH", NA, level, fit, list(z = limits_of(fit))))
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
  fits <- lapply(c(z = "z", knha = "knha"), function(test) rma(yi, vi, tau2 = tau2, test = test, level = level))
  row <- row_of(name, measure, "random", NA, "MH", level, fits$z, lapply(fits, limits_of))
  row$k <- nrow(data)
  if (df > 0) {
    row$q <- q
    row$q_p <- pchisq(q, df, lower.tail = FALSE)
  }
  row$weights <- NULL
  c(rows, list(row))
}

pins <- list()
effects <- list()
add <- function(name, measure, data) {
  # 95 % everywhere, and another level for the published data.
  for (level in c(95, if (name %in% c("bcg", "tolbutamide", "stroke", "vasospasm", "bcg_log_rr")) 90)) {
    pins <<- c(pins, inverse_variance(name, measure, data, level))
    if (measure %in% c("RR", "OR", "RD")) pins <<- c(pins, mantel_haenszel(name, measure, data, level))
    if (measure == "PETO") pins <<- c(pins, peto(name, data, level))
  }
  e <- effects_of(data, measure)
  effects <<- c(effects, list(list(data = name, measure = measure, yi = I(as.numeric(e$yi)), vi = I(as.numeric(e$vi)))))
}
quiet <- function(warning) {
  # Expected: a single study is given z; Mantel-Haenszel and Peto's method leave studies without an estimate out; the
  # interval by Hartung and Knapp is not meant for a common effect.
  expected <- "since k=1|yi/vi values are NA|not meant to be used"
  if (grepl(expected, conditionMessage(warning))) invokeRestart("muffleWarning")
}
withCallingHandlers({
  for (name in names(COUNTS)) for (measure in c("RR", "OR", "RD", "PETO")) add(name, measure, COUNTS[[name]])
  for (name in names(MEANS)) {
    positive <- all(MEANS[[name]]$mean_1 > 0, MEANS[[name]]$mean_2 > 0)
    for (measure in c("MD", "SMD", if (positive) "ROM")) add(name, measure, MEANS[[name]])
  }
  for (name in names(PROPORTIONS)) for (measure in c("PLO", "PFT")) add(name, measure, PROPORTIONS[[name]])
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

json <- function(x, digits = NA) toJSON(x, auto_unbox = TRUE, digits = digits, na = "null")
lines <- function(rows, digits = NA) paste0("    ", vapply(rows, json, "", digits = digits), collapse = ",\n")
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
  "  \"pins\": [", lines(pins, digits = I(12)), "  ],", # compared to 1e-8
  "  \"proportions\": [", lines(single), "  ]",
  "}"
), "tests/reference/metafor.json")
