/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.rpcboot.autoconfigure;

import io.grpc.ServerInterceptor;
import io.rpcboot.server.GlobalServerInterceptor;
import io.rpcboot.server.ServerInterceptorOrder;
import io.rpcboot.server.authentication.RpcAuthentication;
import io.rpcboot.server.authentication.RpcAuthenticationOrder;
import io.rpcboot.server.error.RpcExceptionResolver;
import io.rpcboot.server.security.SpringSecurity;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UserDetailsPasswordService;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.authentication.OpaqueTokenAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;

/**
 * Configures how Spring Security finds out who calls: what is on the class path and among
 * the beans decides which credentials are understood. Further {@link RpcAuthentication}
 * beans are asked besides these, by {@link RpcAuthenticationOrder}. With two beans of
 * which one is needed the start fails: to ask nobody would leave the server open, and a
 * parameter's name is no choice.
 */
@AutoConfiguration(after = RpcServerAutoConfiguration.class,
		afterName = { "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
				"org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
				"org.springframework.boot.security.oauth2.server.resource.autoconfigure"
						+ ".OAuth2ResourceServerAutoConfiguration" })
@ConditionalOnClass(Authentication.class)
public final class RpcServerSecurityAutoConfiguration {

	@Bean
	@GlobalServerInterceptor
	@Order(ServerInterceptorOrder.DEDUPLICATION + 1)
	ServerInterceptor rpcSecurityContextInterceptor() {
		return SpringSecurity.contextInterceptor();
	}

	@Bean
	RpcExceptionResolver rpcSecurityExceptionResolver() {
		return SpringSecurity.exceptionResolver();
	}

	@Bean
	@Order(RpcAuthenticationOrder.BASIC)
	@ConditionalOnBean(UserDetailsService.class)
	@ConditionalOnMissingBean(name = "rpcBasicAuthentication")
	@ConditionalOnBooleanProperty(name = "rpc.server.authentication.basic.enabled", matchIfMissing = true)
	RpcAuthentication rpcBasicAuthentication(BeanFactory beans, ObjectProvider<PasswordEncoder> encoder,
			ObjectProvider<UserDetailsPasswordService> passwords, ObjectProvider<AuthenticationManager> manager) {
		AuthenticationManager own = manager.getIfUnique();
		if (own != null) {
			return SpringSecurity.basic(own);
		}
		DaoAuthenticationProvider provider = new DaoAuthenticationProvider(beans.getBean(UserDetailsService.class));
		encoder.ifUnique(provider::setPasswordEncoder);
		passwords.ifUnique(provider::setUserDetailsPasswordService);
		return SpringSecurity.basic(new ProviderManager(provider));
	}

	@Bean
	@Order(RpcAuthenticationOrder.CERTIFICATE)
	@ConditionalOnMissingBean(name = "rpcCertificateAuthentication")
	@ConditionalOnBooleanProperty("rpc.server.authentication.x509.enabled")
	RpcAuthentication rpcCertificateAuthentication(ObjectProvider<UserDetailsService> users) {
		return SpringSecurity.certificate(users.getIfAvailable());
	}

	/**
	 * Bearer tokens that are JWTs.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ BearerTokenAuthenticationToken.class, JwtDecoder.class })
	@ConditionalOnBean(JwtDecoder.class)
	@ConditionalOnMissingBean(name = "rpcBearerAuthentication")
	@ConditionalOnBooleanProperty(name = "rpc.server.authentication.bearer.enabled", matchIfMissing = true)
	static class Jwt {

		@Bean
		@Order(RpcAuthenticationOrder.BEARER)
		RpcAuthentication rpcBearerAuthentication(BeanFactory beans,
				ObjectProvider<JwtAuthenticationConverter> converter) {
			JwtAuthenticationProvider provider = new JwtAuthenticationProvider(beans.getBean(JwtDecoder.class));
			converter.ifUnique(provider::setJwtAuthenticationConverter);
			return SpringSecurity.bearer(new ProviderManager(provider));
		}

	}

	/**
	 * Bearer tokens of which somebody else knows what they mean.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(BearerTokenAuthenticationToken.class)
	@ConditionalOnBean(OpaqueTokenIntrospector.class)
	@ConditionalOnMissingBean(name = "rpcBearerAuthentication",
			type = "org.springframework.security.oauth2.jwt.JwtDecoder")
	@ConditionalOnBooleanProperty(name = "rpc.server.authentication.bearer.enabled", matchIfMissing = true)
	static class OpaqueToken {

		@Bean
		@Order(RpcAuthenticationOrder.BEARER)
		RpcAuthentication rpcBearerAuthentication(OpaqueTokenIntrospector introspector) {
			return SpringSecurity.bearer(new ProviderManager(new OpaqueTokenAuthenticationProvider(introspector)));
		}

	}

}
