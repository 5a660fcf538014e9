#pragma once
#include <coin/Clp_C_Interface.h>
#include <stdbool.h>

// CLP's C interface, with the handful of calls that the table attack needs under names that Swift can use.
// A model is an opaque pointer on the Swift side.

static inline void *dure_clp_new(void) {
  Clp_Simplex *model = Clp_newModel();
  Clp_setLogLevel(model, 0);
  Clp_scaling(model, 0);        // a matrix of zeros and ones needs no scaling
  Clp_setPerturbation(model, 102);  // and no perturbation: optimal vertices stay whole numbers where they can
  return model;
}

static inline void dure_clp_delete(void *model) { Clp_deleteModel((Clp_Simplex *)model); }

/// Column-wise matrix; `starts` has columns + 1 entries.
static inline void dure_clp_load(void *model, int columns, int rows, const int *starts, const int *indices, const double *elements,
                                 const double *columnLower, const double *columnUpper, const double *objective,
                                 const double *rowLower, const double *rowUpper) {
  Clp_loadProblem((Clp_Simplex *)model, columns, rows, starts, indices, elements, columnLower, columnUpper, objective, rowLower,
                  rowUpper);
}

static inline void dure_clp_set_objective(void *model, const double *objective) {
  Clp_chgObjCoefficients((Clp_Simplex *)model, objective);
}

/// 1 minimises, -1 maximises.
static inline void dure_clp_set_direction(void *model, double direction) {
  Clp_setOptimizationDirection((Clp_Simplex *)model, direction);
}

static inline void dure_clp_set_row_bounds(void *model, int row, double lower, double upper) {
  Clp_rowLower((Clp_Simplex *)model)[row] = lower;
  Clp_rowUpper((Clp_Simplex *)model)[row] = upper;
}

static inline void dure_clp_set_column_bounds(void *model, int column, double lower, double upper) {
  Clp_columnLower((Clp_Simplex *)model)[column] = lower;
  Clp_columnUpper((Clp_Simplex *)model)[column] = upper;
}

/// Primal simplex from the basis of the last call. 0 optimal, 1 infeasible, 2 unbounded, 3 stopped, 4 and above errors.
static inline int dure_clp_primal(void *model) {
  Clp_primal((Clp_Simplex *)model, 0);
  return Clp_status((Clp_Simplex *)model);
}

static inline int dure_clp_dual(void *model) {
  Clp_dual((Clp_Simplex *)model, 0);
  return Clp_status((Clp_Simplex *)model);
}

/// Whether the last solution meets every equation and bound.
static inline bool dure_clp_is_feasible(void *model) { return Clp_primalFeasible((Clp_Simplex *)model) != 0; }

static inline const double *dure_clp_columns(void *model) { return Clp_primalColumnSolution((Clp_Simplex *)model); }
static inline const double *dure_clp_row_duals(void *model) { return Clp_dualRowSolution((Clp_Simplex *)model); }
static inline const double *dure_clp_reduced_costs(void *model) { return Clp_dualColumnSolution((Clp_Simplex *)model); }
static inline int dure_clp_iterations(void *model) { return Clp_numberIterations((Clp_Simplex *)model); }
static inline void dure_clp_set_iteration_limit(void *model, int limit) { Clp_setMaximumIterations((Clp_Simplex *)model, limit); }
