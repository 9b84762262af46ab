# Writes tests/reference/robustness.json: what metafor makes of the data sets below, for tests/test_robustness.py.
# Run it from the repository's root: Rscript tests/reference/make_robustness.R
# Needs Debian's r-base-core, r-cran-metafor (with r-cran-metadat) and r-cran-jsonlite; see tests/reference/README.md.

suppressMessages({
  library(metafor)
  library(jsonlite)
})

# metafor's Fisher scoring stops when tau2 changes by less than 1e-5, whatever its unit; the comparison to 1e-8 needs it
# to go on, to a change that is small beside the sampling variances.  With whole steps it turns in a circle for one of
# the syntheses that lack a study; half steps end at the same place.
reml_control <- function(vi) list(threshold = 1e-12 * mean(vi), maxiter = 10000, stepadj = 0.5)
# The same for the search of the limits of tau2, which metafor also ends at tau2 = 100 unless told otherwise.
limits_control <- list(tol = 1e-15, tau2.max = 1e6, maxiter = 10000)

counts <- function(events_1, n_1, events_2, n_2) {
  data.frame(events_1 = events_1, n_1 = n_1, events_2 = events_2, n_2 = n_2)
}
means <- function(mean_1, sd_1, n_1, mean_2, sd_2, n_2) {
  data.frame(mean_1 = mean_1, sd_1 = sd_1, n_1 = n_1, mean_2 = mean_2, sd_2 = sd_2, n_2 = n_2)
}
proportions <- function(events, n) data.frame(events = events, n = n)
generic <- function(yi, vi) data.frame(yi = as.numeric(yi), vi = as.numeric(vi))
grouped <- function(data, group) cbind(data, group = group)

DATA <- list(
  # Published analyses.
  bcg = grouped(with(dat.bcg, counts(tpos, tpos + tneg, cpos, cpos + cneg)), dat.bcg$alloc),
  preeclampsia = grouped(with(dat.collins1985b, counts(pre.xti, pre.nti, pre.xci, pre.nci)), rep(c("b", "a", "c"), 3)),
  lidocaine = grouped(with(dat.hine1989, counts(ai, n1i, ci, n2i)), c("a", "a", "b", "b", "b", "c")),
  magnesium = with(dat.li2007, counts(ai, n1i, ci, n2i)),
  magnesium_2001 = with(dat.egger2001[-16, ], counts(ai, n1i, ci, n2i)),
  stroke = grouped(with(dat.normand1999, means(m1i, sd1i, n1i, m2i, sd2i, n2i)), c("one", rep("four", 4), rep("rest", 4))),
  vasospasm = grouped(with(dat.pritz1997, proportions(xi, ni)), rep(c("x", "y"), 7)),
  expectancy = grouped(with(dat.raudenbush1985, generic(yi, vi)), as.character(dat.raudenbush1985$weeks > 1)),
  smoking = with(dat.hackshaw1998, generic(yi, vi)),
  writing = with(dat.bangertdrowns2004, generic(yi, vi)),
  # One of the review's own syntheses (claims/results.csv).
  pain = counts(c(356, 23, 16), c(513, 31, 30), c(160, 8, 5), c(506, 16, 16)),
  # Made for the edges.
  zero_cells = counts(c(0, 3, 5, 12), c(20, 30, 41, 50), c(2, 0, 4, 9), c(22, 28, 40, 50)),
  double_zero = counts(c(0, 3, 0, 6, 4), c(25, 30, 12, 40, 33), c(0, 1, 0, 8, 5), c(24, 31, 20, 41, 30)),
  no_events_but_in_one = counts(c(1, 2, 4), c(10, 12, 15), c(0, 3, 0), c(11, 12, 14)),
  two_means = means(c(2.3, 2.1), c(1.5, 1.3), c(15, 15), c(8.0, 7.4), c(1.0, 1.2), c(15, 15)),
  two = generic(c(0.2, 0.7), c(0.05, 0.09)),
  three = generic(c(0.2, 0.7, 0.1), c(0.05, 0.09, 0.01)),
  homogeneous = grouped(generic(c(0.11, 0.09, 0.10, 0.12, 0.08), c(0.04, 0.02, 0.05, 0.01, 0.03)),
                        c("a", "a", "a", "a", "b")),
  far_apart = generic(c(-3, 0.5, 4, 1.2), c(0.01, 0.02, 0.015, 2)),
  unequal = generic(c(0.8, -0.1, 0.3, 2.5, 0.0), c(1e-4, 0.3, 2e-3, 1.1, 0.04)),
  same_estimate = generic(c(0.5, 0.5, 0.5), c(0.2, 0.1, 0.3)),
  same_variance = generic(c(0.1, 0.5, 0.4, -0.2), rep(0.04, 4)),
  identical = generic(rep(0.25, 4), rep(0.0625, 4)),
  tied = generic(c(0.5, 0.5, -0.25, 1, 1, 0.75, 0.125, 2), c(0.25, 0.25, 0.0625, 0.5, 0.25, 0.5, 0.0625, 1)),
  on_the_left = generic(c(-0.1, -0.15, -0.05, -0.3, -0.6, -0.9, -1.4, -1.2, -0.2, -2),
                        c(0.01, 0.02, 0.015, 0.05, 0.1, 0.2, 0.4, 0.35, 0.03, 0.6)),
  on_the_right = generic(c(0.1, 0.15, 0.05, 0.3, 0.6, 0.9, 1.4, 1.2, 0.2, 2),
                         c(0.01, 0.02, 0.015, 0.05, 0.1, 0.2, 0.4, 0.35, 0.03, 0.6))
)
MEASURES <- list(counts = c("RR", "OR", "RD"), means = "MD", proportions = "PLO", generic = "GEN")
# For one and the same data, one measure is enough where every study is left out by every method.
ONE_MEASURE <- c("magnesium", "magnesium_2001", "preeclampsia", "lidocaine")

kind_of <- function(data) {
  if ("events_1" %in% names(data)) "counts"
  else if ("mean_1" %in% names(data)) "means"
  else if ("events" %in% names(data)) "proportions"
  else "generic"
}

effects_of <- function(data, measure) {
  e <- if (measure == "MD") {
    escalc("MD", m1i = mean_1, sd1i = sd_1, n1i = n_1, m2i = mean_2, sd2i = sd_2, n2i = n_2, data = data)
  } else if (measure == "PLO") {
    escalc("PLO", xi = events, ni = n, data = data)
  } else if (measure == "GEN") {
    data
  } else {
    escalc(measure, ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = data)
  }
  data.frame(yi = as.numeric(e$yi), vi = as.numeric(e$vi))
}

number <- function(x) if (is.null(x)) NA else as.numeric(x)

METHODS <- list(
  list(model = "common", common = "IV", tau2 = NA, interval = "z", method = "EE", test = "z"),
  list(model = "random", common = NA, tau2 = "DL", interval = "z", method = "DL", test = "z"),
  list(model = "random", common = NA, tau2 = "REML", interval = "z", method = "REML", test = "z"),
  list(model = "random", common = NA, tau2 = "REML", interval = "hk", method = "REML", test = "knha"),
  list(model = "random", common = NA, tau2 = "REML", interval = "adhoc", method = "REML", test = "adhoc")
)

fit_of <- function(e, m) {
  control <- if (m$method == "REML") reml_control(e$vi) else list()
  suppressWarnings(rma(yi, vi, data = e, method = m$method, test = m$test, control = control))
}

asked <- function(name, measure, m) {
  list(data = name, measure = measure, model = m$model, common = m$common, tau2_method = m$tau2, interval = m$interval)
}

left_out <- function(fit) {
  x <- leave1out(fit)
  list(mu = I(x$estimate), se = I(x$se), ci_low = I(x$ci.lb), ci_high = I(x$ci.ub), q = I(x$Q), q_p = I(x$Qp),
       tau2 = I(if (is.null(x$tau2)) ifelse(is.na(x$estimate), NA, 0) else x$tau2), i2 = I(x$I2), h2 = I(x$H2))
}

# metafor has none where every study is identical and the Hartung-Knapp standard error is 0.
influences <- function(fit) {
  x <- tryCatch(influence(fit), error = function(problem) NULL)
  if (is.null(x)) return(NULL)
  with(x$inf, list(rstudent = I(rstudent), dffits = I(dffits), cook_d = I(cook.d), cov_r = I(cov.r),
                   tau2_del = I(tau2.del), q_del = I(QE.del), hat = I(hat), dfbs = I(x$dfbs$intrcpt),
                   influential = I(inf == "*")))
}

limits_of_tau2 <- function(fit) {
  x <- suppressWarnings(confint(fit, control = limits_control))
  r <- x$random
  list(tau2 = I(r["tau^2", ]), i2 = I(r["I^2(%)", ]), h2 = I(r["H^2", ]), empty = x$ci.null)
}

# None where all studies are equally precise (an error), or lie on a line but for rounding (a warning).
egger <- function(e) {
  x <- tryCatch({
    test <- regtest(e$yi, vi = e$vi, model = "lm")
    summary(test$fit)
    test
  }, error = function(problem) NULL, warning = function(problem) NULL)
  if (is.null(x)) return(NULL)
  s <- coef(summary(x$fit))
  list(slope = s[2, 1], se = s[2, 2], t = x$zval, df = x$ddf, p = x$pval, limit = x$est, limit_ci_low = x$ci.lb,
       limit_ci_high = x$ci.ub)
}

ranks <- function(e) {
  x <- suppressWarnings(ranktest(e$yi, vi = e$vi))
  list(tau = number(x$tau), p = x$pval)
}

filled <- function(e, m, estimator, side = NULL) {
  fit <- fit_of(e, m)
  given <- list(x = fit, estimator = estimator, test = m$test, control = fit$control)
  x <- tryCatch(suppressWarnings(do.call(trimfill, c(given, if (is.null(side)) NULL else list(side = side)))),
                error = function(problem) NULL)
  if (is.null(x)) return(NULL)
  # With one study left untrimmed, metafor's sign of its distance from itself is that of a rounding error.
  list(k0 = x$k0, se_k0 = if (x$k0 < fit$k - 1) x$se.k0 else "not compared", p_k0 = x$p.k0, side = x$side, yi = I(as.numeric(x$yi)[x$fill]),
       vi = I(as.numeric(x$vi)[x$fill]), mu = number(x$beta), se = x$se, ci_low = x$ci.lb, ci_high = x$ci.ub,
       tau2 = x$tau2, q = x$QE)
}

between <- function(fits) {
  mu <- sapply(fits, function(x) number(x$beta))
  se <- sapply(fits, function(x) x$se)
  x <- rma(mu, sei = se, method = "FE")
  list(labels = I(names(fits)), mu = I(as.numeric(mu)), se = I(as.numeric(se)), q = x$QE, df = length(fits) - 1,
       p = x$QEp, i2 = x$I2)
}

result <- list(leave_one_out = list(), influence = list(), tau2_interval = list(), egger = list(), rank = list(),
               trim_and_fill = list(), subgroups = list(), funnel_line = list())
add <- function(part, value) result[[part]][[length(result[[part]]) + 1]] <<- value

for (name in names(DATA)) {
  data <- DATA[[name]]
  measures <- MEASURES[[kind_of(data)]]
  for (measure in measures) {
    e <- effects_of(data, measure)
    several <- !(name %in% ONE_MEASURE) || measure == "OR"
    if (nrow(e) > 2) {
      for (part in c("egger", "rank")) {
        x <- if (part == "egger") egger(e) else ranks(e)
        if (!is.null(x)) add(part, c(list(data = name, measure = measure), x))
      }
    }
    for (m in METHODS) {
      if (nrow(e) > 25 && m$interval == "adhoc") next
      fit <- fit_of(e, m)
      if (several) {
        add("leave_one_out", c(asked(name, measure, m), left_out(fit)))
        x <- influences(fit)
        if (!is.null(x)) add("influence", c(asked(name, measure, m), x))
      }
      if (m$model == "random" && m$interval == "z") {
        add("tau2_interval", c(asked(name, measure, m), limits_of_tau2(fit)))
      }
      # Where all estimates are the same, metafor fills by the rounding of their mean; the tests say what ours does.
      if (nrow(e) > 2 && m$interval != "adhoc" && diff(range(e$yi)) > 0) {
        for (estimator in c("L0", "R0")) {
          x <- filled(e, m, estimator)
          if (!is.null(x)) add("trim_and_fill", c(asked(name, measure, m), list(estimator = estimator, given = NA), x))
        }
      }
      if ("group" %in% names(data)) {
        add("subgroups", c(asked(name, measure, m), between(lapply(split(e, data$group), fit_of, m = m))))
      }
    }
    if (kind_of(data) == "counts") {
      mh <- function(d) rma.mh(ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = d, measure = measure)
      m <- list(model = "common", common = "MH", tau2 = NA, interval = "z")
      if (measure == "OR") {
        peto <- rma.peto(ai = events_1, n1i = n_1, ci = events_2, n2i = n_2, data = data)
        add("leave_one_out", c(asked(name, "PETO", list(model = "common", common = "PETO", tau2 = NA, interval = "z")),
                               left_out(peto)))
      }
      if (several) add("leave_one_out", c(asked(name, measure, m), left_out(mh(data))))
      if ("group" %in% names(data)) {
        add("subgroups", c(asked(name, measure, m), between(lapply(split(data, data$group), mh))))
      }
    }
  }
}

# The regression that finds the side, by every estimator of tau2; with three studies too.
for (case in list(c("bcg", "RR"), c("stroke", "MD"), c("vasospasm", "PLO"), c("expectancy", "GEN"), c("pain", "RR"))) {
  e <- effects_of(DATA[[case[1]]], case[2])
  for (method in c("EE", "DL", "PM", "REML", "ML", "HS", "HE", "SJ", "EB")) {
    control <- list(threshold = 1e-12 * mean(e$vi), maxiter = 10000, tau2.max = 1e6, tol = 1e-14)
    if (method %in% c("REML", "ML", "EB")) control$stepadj <- 0.5
    x <- suppressWarnings(rma(yi, vi, mods = ~ sqrt(vi), data = e, method = method, control = control))
    add("funnel_line", list(data = case[1], measure = case[2], tau2_method = if (method == "EE") NA else method,
                            slope = number(x$beta)[2]))
  }
}

# The side given instead of found.
for (name in c("smoking", "same_variance", "on_the_left", "tied")) {
  for (side in c("left", "right")) {
    for (estimator in c("L0", "R0")) {
      m <- METHODS[[3]]
      x <- filled(DATA[[name]], m, estimator, side)
      if (!is.null(x)) {
        add("trim_and_fill", c(asked(name, "GEN", m), list(estimator = estimator, given = side), x))
      }
    }
  }
}

# Data as exactly as they are, results far closer than they are compared.
json <- function(x, digits) toJSON(x, digits = digits, auto_unbox = TRUE, na = "null", dataframe = "columns")
named <- function(part) paste0("  \"", names(part), "\": ", sapply(part, json, digits = NA), collapse = ",\n")
listed <- function(part) paste0("  ", sapply(part, json, digits = I(13)), collapse = ",\n")
parts <- sapply(names(result), function(part) paste0(" \"", part, "\": [\n", listed(result[[part]]), "\n ]"))
writeLines(c(
  "{",
  paste0(" \"metafor\": \"", packageVersion("metafor"), "\","),
  paste0(" \"R\": \"", R.version$major, ".", R.version$minor, "\","),
  paste0(" \"data\": {\n", named(DATA), "\n },"),
  paste(parts, collapse = ",\n"),
  "}"
), "tests/reference/robustness.json")
