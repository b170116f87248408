# Macros of rootcellar's configure.ac.

# RC_ADD_FLAG(CFLAGS|LDFLAGS, VARIABLE, FLAG): adds FLAG to VARIABLE where compiler and linker take it.
# -Werror makes clang refuse what it would otherwise only remark on.
AC_DEFUN([RC_ADD_FLAG], [
	AS_VAR_PUSHDEF([cached], [rc_cv_flag_$1_$3])
	AC_CACHE_CHECK([whether $CC takes $3], [cached], [
		rc_saved_$1=$$1
		$1="-Werror $$1 $$2 $3"
		AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
			[AS_VAR_SET([cached], [yes])], [AS_VAR_SET([cached], [no])])
		$1=$rc_saved_$1
	])
	AS_VAR_IF([cached], [yes], [$2="${$2:+$$2 }$3"])
	AS_VAR_POPDEF([cached])
	AC_SUBST([$2])
])

# RC_REQUIRE_SANITIZERS(FLAGS): stops where a program built with FLAGS does not link.
AC_DEFUN([RC_REQUIRE_SANITIZERS], [
	rc_saved_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS $1"
	AC_MSG_CHECKING([whether $CC links with $1])
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AC_MSG_RESULT([yes])], [
		AC_MSG_RESULT([no])
		AC_MSG_ERROR([$CC does not link with $1])
	])
	CFLAGS=$rc_saved_CFLAGS
])

# RC_SONAME(VARIABLE, NAME): defines VARIABLE as the name under which the loader finds -lNAME, for what is
# loaded at its first use.
AC_DEFUN([RC_SONAME], [
	AC_CACHE_CHECK([for the name of lib$2 at run time], [rc_cv_soname_[]m4_translit([$2], [-], [_])], [
		rc_saved_LIBS=$LIBS
		LIBS="-Wl,--no-as-needed -l$2 $LIBS"
		rc_cv_soname_[]m4_translit([$2], [-], [_])=
		AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [
			rc_cv_soname_[]m4_translit([$2], [-], [_])=`${READELF:-readelf} -d conftest$EXEEXT |
				sed -n 's/.*(NEEDED).*\@<:@\(lib$2\.so@<:@.0-9@:>@*\)\@:>@.*/\1/p'`
		])
		LIBS=$rc_saved_LIBS
	])
	AS_VAR_IF([rc_cv_soname_[]m4_translit([$2], [-], [_])], [], [AC_MSG_ERROR([lib$2 is missing, or readelf that tells its name])])
	AC_DEFINE_UNQUOTED([$1], ["$rc_cv_soname_[]m4_translit([$2], [-], [_])"], [The name of lib$2 at run time.])
])

# RC_HAVE_LIBRARY(NAME, FUNCTION): stops where -lNAME has no FUNCTION; changes no variable.
AC_DEFUN([RC_HAVE_LIBRARY], [
	rc_saved_LIBS=$LIBS
	AC_CHECK_LIB([$1], [$2], [], [AC_MSG_ERROR([lib$1 with $2 is missing])])
	LIBS=$rc_saved_LIBS
])
